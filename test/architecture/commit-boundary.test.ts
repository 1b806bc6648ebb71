import { expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layerOf } from "./support/layers.ts";
import { listSources, root } from "./support/source-files.ts";

const head = `
import { createDb, type Db, transactional, type Tx, type TxScope, withTx } from "${join(root, "src/foundation/db/index.ts")}";
declare const db: Db;
declare const scope: TxScope;
declare function service(tx: Tx, input: { id: string }): Promise<string>;
`;

/** Services as somebody might write them; the first compiles, so that the others fail for their own line alone. */
const services = {
  right: "await tx.sql`select 1`; await tx.orm.select().from({} as never); tx.afterCommit(() => undefined);",
  commits: "await tx.commit();",
  rollsBack: "await tx.rollback();",
  rollsBackByDrizzle: "tx.orm.rollback();",
  nestsByDrizzle: "await tx.orm.transaction(async () => undefined);",
  beginsByDriver: "await tx.sql.begin(async () => undefined);",
  savesByDriver: "await tx.sql.savepoint(async () => undefined);",
  runsWhatever: 'await tx.sql.unsafe("commit");',
  runsText: 'await tx.sql("commit");',
  reachesTheClient: "await tx.orm.$client;",
  reachesTheSession: "await tx.orm._.session;",
  opensAnother: "await withTx(tx, scope, async () => undefined);",
  wrapsItself: "await transactional(tx, scope, service)({ id });",
  endsIt: 'tx.state = "ended";',
  changesItsMode: 'tx.mode = "write";',
} as const;

/** Callers: whatever touches the books needs a transaction, and a database is none. */
const callers = {
  right:
    'await withTx(db, scope, (tx) => service(tx, { id: "1" })); await transactional(db, scope, service)({ id: "1" });',
  worksWithoutBoundary: 'await service(db, { id: "1" });',
  queriesThePool: "await db.sql`select 1`;",
  queriesByDrizzle: "await db.orm.select();",
  takesAConnection: "await db.acquire();",
  makesATransaction: 'const tx: Tx = db; await service(tx, { id: "1" });',
  forgetsTheScope: 'await withTx(db, (tx: Tx) => service(tx, { id: "1" }));',
} as const;

/** Compiles each text as a file of its own, at the project's strictness; gives the errors by name. */
async function compile(texts: Readonly<Record<string, string>>): Promise<Record<string, string[]>> {
  const directory = await mkdtemp(join(tmpdir(), "footing-compile-"));
  try {
    await Promise.all(Object.entries(texts).map(([name, text]) => writeFile(join(directory, `${name}.ts`), text)));
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      include: ["*.ts", join(root, "src/node-on-edge.d.ts")],
      exclude: [],
    };
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(config));
    const tsc = Bun.spawn([join(root, "node_modules/.bin/tsc"), "-p", directory, "--pretty", "false"], {
      stdout: "pipe",
      cwd: directory,
    });
    const output = await new Response(tsc.stdout).text();
    await tsc.exited;
    const errors: Record<string, string[]> = Object.fromEntries(Object.keys(texts).map((name) => [name, []]));
    for (const line of output.split("\n").filter((text) => /: error TS/.test(text))) {
      const [, name = "elsewhere"] = /([\w-]+)\.ts\(\d+,\d+\): error/.exec(line) ?? [];
      errors[name] = [...(errors[name] ?? []), line];
    }
    return errors;
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("FT.TX.1 a service cannot commit: it does not compile", async () => {
  const texts = Object.entries(services).map(([name, body]) => [
    name,
    `${head}export async function act(tx: Tx, { id }: { id: string }) { ${body} return id; }\n`,
  ]);
  const errors = await compile(Object.fromEntries(texts));
  const { right, ...wrong } = errors;
  expect(right).toEqual([]);
  expect(Object.keys(errors).toSorted()).toEqual(Object.keys(services).toSorted());
  for (const [name, found] of Object.entries(wrong))
    expect({ name, errors: found.length }).toEqual({ name, errors: 1 });
}, 60_000);

test("FT.TX.1 nothing touches the books without a transaction: it does not compile", async () => {
  const texts = Object.entries(callers).map(([name, body]) => [
    name,
    `${head}export async function act() { ${body} }\n`,
  ]);
  const errors = await compile(Object.fromEntries(texts));
  const { right, ...wrong } = errors;
  expect(right).toEqual([]);
  for (const [name, found] of Object.entries(wrong))
    expect({ name, failed: found.length > 0 }).toEqual({ name, failed: true });
}, 60_000);

const boundary = ["withTx", "transactional", "currentTx", "createDb", "createRequestDb", "Db", "poolOf"];

test("FT.TX.1 services and repositories import neither what opens a transaction nor the pool", () => {
  const held = listSources("src/modules").filter(({ path }) =>
    ["service", "repository", "rules", "responses", "schemas"].includes(layerOf(path)),
  );
  const found = held.flatMap(({ path, imports }) =>
    imports.flatMap(({ names, file }) =>
      names
        .filter((name) => file?.startsWith("src/foundation/db/") && boundary.includes(name))
        .map((name) => `${path}: ${name}`),
    ),
  );
  expect(found).toEqual([]);
  expect(held.length).toBeGreaterThan(20);
});

test("FT.TX.1 modules reach the database through the index of foundation/db alone", () => {
  const found = listSources("src").flatMap(({ path, imports }) =>
    path.startsWith("src/foundation/db/")
      ? []
      : imports
          .filter(
            ({ file }) => file?.startsWith("src/foundation/db/") && !/\/(?:index|migrate|tcp-socket)\.ts$/.test(file),
          )
          .map(({ specifier }) => `${path}: ${specifier}`),
  );
  expect(found).toEqual([]);
});

test("FT.TX.1 no statement of a module begins, ends or leaves a transaction", () => {
  const keywords = /\b(?:begin|commit|rollback|savepoint|start transaction|prepare transaction|set session)\b/i;
  const found = listSources("src/modules").flatMap(({ path, text }) =>
    Array.from(text.matchAll(/sql(?:<[^`]*>)?`([^`]*)`/g), ([, statement = ""]) => statement)
      .filter((statement) => keywords.test(statement))
      .map((statement) => `${path}: ${statement}`),
  );
  expect(found).toEqual([]);
});
