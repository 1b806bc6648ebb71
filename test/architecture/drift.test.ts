import { expect, test } from "bun:test";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { version } from "../../src/version.ts";
import { withScratchDirectory } from "../support/scratch-directory.ts";
import { root } from "./support/source-files.ts";

/** Asks drizzle-kit what the tables of a schema file need beyond the migrations; gives the statements. */
async function generate(
  schema: string,
  directory: string,
): Promise<{ readonly output: string; readonly added: string[] }> {
  const out = join(directory, "migrations");
  await cp(join(root, "migrations"), out, { recursive: true });
  const before = await readdir(out);
  const config = { dialect: "postgresql", schema, out: "./migrations", schemaFilter: ["identity", "ledger"] };
  await writeFile(join(directory, "drizzle.config.json"), JSON.stringify(config));
  const kit = Bun.spawn(
    [
      Bun.argv[0] ?? "bun",
      "--bun",
      join(root, "node_modules/.bin/drizzle-kit"),
      "generate",
      "--config",
      join(directory, "drizzle.config.json"),
    ],
    { cwd: directory, stdout: "pipe", stderr: "pipe", stdin: "ignore" },
  );
  const output = (await new Response(kit.stdout).text()) + (await new Response(kit.stderr).text());
  await kit.exited;
  const added = (await readdir(out)).filter((name) => !before.includes(name));
  return { output, added: await Promise.all(added.map((name) => readFile(join(out, name), "utf8"))) };
}

const tables = join(root, "src/db/schema/index.ts");

test("the migrations make the tables that the code declares: there is nothing to generate", async () => {
  await withScratchDirectory(async (directory) => {
    const { output, added } = await generate(tables, directory);
    expect(added).toEqual([]);
    expect(output).toContain("No schema changes");
  });
}, 60_000);

test("a table that no migration makes would be found", async () => {
  await withScratchDirectory(async (directory) => {
    const wider = join(directory, "schema.ts");
    const lines = [
      `export * from "${tables}";`,
      `import { ledger } from "${join(root, "src/db/schema/ledger.ts")}";`,
      `import { text } from "${join(root, "node_modules/drizzle-orm/pg-core")}";`,
      'export const odd = ledger.table("odd", { note: text("note") });',
    ];
    await writeFile(wider, lines.join("\n"));
    const { added } = await generate(wider, directory);
    expect(added.join("\n")).toContain('CREATE TABLE "ledger"."odd"');
  });
}, 60_000);

test("the journal of migrations lists every file of SQL, in order", async () => {
  const files = (await readdir(join(root, "migrations"))).filter((name) => name.endsWith(".sql")).toSorted();
  const journal = JSON.parse(await readFile(join(root, "migrations/meta/_journal.json"), "utf8")) as {
    entries: { idx: number; tag: string; when: number }[];
  };
  expect(journal.entries.map(({ tag }) => `${tag}.sql`)).toEqual(files);
  expect(journal.entries.map(({ idx }) => idx)).toEqual(files.map((_, index) => index));
  const times = journal.entries.map(({ when }) => when);
  expect(times).toEqual(times.toSorted((left, right) => left - right));
});

test("the version that the API tells is the package's", async () => {
  expect(JSON.parse(await readFile(join(root, "package.json"), "utf8"))).toMatchObject({ version });
});

test("the documentation's script is the one whose digest its page notes", async () => {
  const note = await readFile(join(root, "assets/scalar/README.md"), "utf8");
  const plain = Bun.gunzipSync(await Bun.file(join(root, "assets/scalar/scalar.js.gz")).bytes());
  expect(note).toContain(`\`${new Bun.CryptoHasher("sha256").update(plain).digest("hex")}\``);
});
