/**
 * Holds what is installed against what was agreed to: `bun scripts/check-supply-chain.ts`
 *
 * The lock file is what package.json asks for, with a digest of everything and no registry's name; install scripts run of the
 * packages that are named alone; every licence is permissive; and the registry knows nothing grave against what production
 * needs. A registry that answers no audit is said to, and fails nothing.
 */
import { z } from "zod";
import { audit, describeFinding, isGrave } from "./supply-chain/audit.ts";
import { findInstallScriptFaults } from "./supply-chain/install-scripts.ts";
import { isPermissive, listLicences, readLicences } from "./supply-chain/licences.ts";
import { findLockFaults, parseLockFile } from "./supply-chain/lock-file.ts";

const root = `${import.meta.dir}/..`;
const lock = parseLockFile(await Bun.file(`${root}/bun.lock`).text());
const { trustedDependencies } = z
  .object({ trustedDependencies: z.array(z.string()) })
  .parse(await Bun.file(`${root}/package.json`).json());
const rows = listLicences(lock, await readLicences("all"), await readLicences("production"));

const faults = [
  ...(await findFrozenFaults()),
  ...findLockFaults(lock),
  ...findInstallScriptFaults(lock, trustedDependencies),
  ...rows.flatMap(({ name, licences }) =>
    licences.filter((licence) => !isPermissive(licence)).map((licence) => `${name} is under ${licence}`),
  ),
];

const answers = await Promise.all([audit("all"), audit("production")]);
for (const reason of new Set(answers.flatMap((answer) => ("noAnswer" in answer ? answer.noAnswer : [])))) {
  console.log(`audit: the registry gave no answer, so nothing is known: ${reason}`);
}
const [everything = [], production = []] = answers.map((answer) => ("findings" in answer ? answer.findings : []));
for (const finding of everything) console.log(`audit: ${describeFinding(finding)}`);
faults.push(...production.filter(isGrave).map((finding) => `in production, ${describeFinding(finding)}`));

for (const fault of faults) console.error(`supply chain: ${fault}`);
console.log(
  `supply chain: ${lock.packages.length} packages, ${trustedDependencies.length} of them with install scripts that may run; ` +
    (faults.length === 0 ? "nothing against them" : `${faults.length} faults`),
);
process.exit(faults.length === 0 ? 0 : 1);

async function findFrozenFaults(): Promise<string[]> {
  const child = Bun.spawn([process.execPath, "install", "--frozen-lockfile", "--dry-run"], {
    cwd: root,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const complaint = await new Response(child.stderr).text();
  return (await child.exited) === 0 ? [] : [`bun.lock is not what package.json asks for: ${complaint.trim()}`];
}
