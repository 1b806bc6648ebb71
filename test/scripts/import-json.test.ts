import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCommand } from "../../scripts/json/command-line.ts";
import { type AnswerProxy, type Passing, startAnswerProxy } from "../support/answer-proxy.ts";
import { createFurtherKey } from "../support/api-key.ts";
import { type ApiProcess, startApi } from "../support/api-process.ts";
import { openTemporaryDirectory } from "../support/scratch-directory.ts";
import { openBook, type RemoteBook, reportsOf, saveExport, withoutIds } from "./support/moved-book.ts";

const script = fileURLToPath(new URL("../../scripts/import-json.ts", import.meta.url));

let directory: string;
let api: ApiProcess;
let file: string;
/** The book that was exported. */
let before: Awaited<ReturnType<typeof stateOf>>;

beforeAll(async () => {
  directory = await mkdtemp(join(openTemporaryDirectory(), "footing-json-"));
  await chmod(directory, 0o755);
  api = await startApi({ cwd: directory, env: { API_RATE_LIMIT_REQUESTS: "1000000" } });
  const book = await openBook(api.url);
  await fill(book);
  file = join(directory, "book.json");
  await saveExport(book, "json", file);
  before = await stateOf(book);
}, 60_000);
afterAll(async () => {
  await api.end("SIGTERM");
  await rm(directory, { recursive: true, force: true });
}, 30_000);

/** Two batches of entries and a rest, with voids between them, drafts, prices, an account that is closed and one that sleeps. */
async function fill(book: RemoteBook): Promise<void> {
  const ids: string[] = [];
  for (const [index, path] of ["Assets:A", "Assets:B", "Equity:C", "Assets:Old"].entries()) {
    const type = index === 2 ? "equity" : "asset";
    ids.push((await book.send("POST", "/accounts", { path, type, code: String(index) })).id);
  }
  await book.send("POST", "/commodities", { code: "ACME", places: 4 });
  const prices = Array.from({ length: 30 }, (_, index) => ({
    commodity: "ACME",
    quote: "USD",
    date: `2024-01-${String(index + 1).padStart(2, "0")}`,
    price: `1.${index + 1}`,
  }));
  await book.send("POST", "/prices/bulk", { prices });
  const entries = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      date: "2024-02-01",
      memo: `entry ${index}`,
      lines: [
        {
          account_path: index % 2 === 0 ? "Assets:A" : "Assets:Old",
          side: "debit",
          amount: "1.0001",
          commodity: "ACME",
        },
        { account_path: "Equity:C", side: "credit", amount: "1.0001", commodity: "ACME" },
      ],
    }));
  const first = await book.send("POST", "/journal-entries/bulk", { entries: entries(700) });
  const [one, two] = first.items;
  await book.send("POST", `/journal-entries/${one.id}/void`, { date: "2024-02-02", reason: "twice" });
  await book.send("POST", "/journal-entries/bulk", { entries: entries(1000) });
  await book.send("POST", "/journal-entries/bulk", { entries: entries(300) });
  await book.send("POST", `/journal-entries/${two.id}/void`, { date: "2024-02-03", reason: "wrong" });
  for (const [entry] of [entries(1), entries(1)])
    await book.send("POST", "/journal-entries", { ...entry, status: "draft" });
  await book.send("POST", `/accounts/${ids[3]}/close`, { closed_on: "2024-02-05" });
  await book.send("PATCH", `/accounts/${ids[1]}`, { active: false });
}

interface Run {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | number | null;
  readonly out: string;
  readonly err: string;
}

async function runImport(key: string, url: string, from = file, started?: (kill: () => void) => void): Promise<Run> {
  const run = Bun.spawn([process.execPath, script, from, "--url", url], {
    env: { ...process.env, FOOTING_API_KEY: key },
    stdout: "pipe",
    stderr: "pipe",
  });
  started?.(() => run.kill("SIGKILL"));
  const [out, err] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
  await run.exited;
  return { status: run.exitCode, signal: run.signalCode, out, err };
}

async function stateOf(book: RemoteBook) {
  const { book: _b, exported: _e, ...content } = JSON.parse(await book.text("json"));
  return { content: withoutIds(content), reports: await reportsOf(book) };
}

describe("an import of JSON", () => {
  test("brings all of it, and run again adds nothing and is answered by replays", async () => {
    const book = await openBook(api.url);
    const first = await runImport(book.key, api.url);
    expect(first.err).not.toContain("refused");
    expect(first.out).toMatch(
      /^imported {2}1 commodities, 4 accounts, 30 prices, 2000 entries, 2 voids, 2 drafts, 1 closings, 1 deactivations$/m,
    );
    expect(first.status).toBe(0);
    expect(await stateOf(book)).toEqual(before);
    const again = await runImport(book.key, api.url);
    expect(again.out).toMatch(/^imported {2}nothing$/m);
    expect(again.out).toMatch(/^replayed {2}1 commodities, 4 accounts, 30 prices, 2000 entries, 2 voids, 2 drafts/m);
    expect(again.status).toBe(0);
    expect(await stateOf(book)).toEqual(before);
  }, 60_000);

  test("is refused into a book that has accounts of other origin, with another key or of another file, and leaves it as it was", async () => {
    const book = await openBook(api.url);
    expect(await runImport(book.key, api.url)).toMatchObject({ status: 0 });
    const other = join(directory, "other.json");
    await writeFile(other, (await readFile(file, "utf8")).replace("entry 5", "entry five"));
    const refused = [
      await runImport(await createFurtherKey(api.url, book), api.url),
      await runImport(book.key, api.url, other),
    ];
    for (const { status, err } of refused) {
      expect(err).toContain("the book has accounts already");
      expect(status).toBe(1);
    }
    expect(await stateOf(book)).toEqual(before);
  }, 60_000);

  const isEntries = ({ path }: Passing) => path.endsWith("/journal-entries/bulk");
  const cuts: [string, (passed: readonly Passing[], last: Passing) => boolean][] = [
    ["among the accounts", (passed) => passed.filter(({ path }) => path.endsWith("/accounts")).length === 2],
    ["behind the prices", (_, last) => last.path.endsWith("/prices/bulk")],
    ["between the entries' batches", (passed, last) => isEntries(last) && passed.filter(isEntries).length === 2],
    ["behind a void", (_, last) => last.path.endsWith("/void")],
    ["behind a draft", (_, last) => last.path.endsWith("/journal-entries") && last.method === "POST"],
    ["behind the closing of an account", (_, last) => last.path.endsWith("/close")],
    ["behind the last write", (_, last) => last.method === "PATCH"],
  ];
  test.each(cuts)(
    "that was killed %s is completed: everything once",
    async (_, isReached) => {
      const book = await openBook(api.url);
      let kill = (): void => undefined;
      await using proxy: AnswerProxy = await startAnswerProxy(api.url, (passing) => {
        if (!isReached(proxy.passed, passing)) return false;
        kill();
        return true;
      });
      const killed = await runImport(book.key, String(proxy.url), file, (end) => {
        kill = end;
      });
      expect(killed.signal).toBe("SIGKILL");
      expect(await runImport(book.key, api.url)).toMatchObject({ status: 0 });
      expect(await stateOf(book)).toEqual(before);
    },
    60_000,
  );

  test("of a file that is not as it was exported is refused, naming the line, and nothing is sent", async () => {
    const text = await readFile(file, "utf8");
    const lines = text.split("\n");
    const wrong: [string, RegExp][] = [
      ["", /line 1: the file ends|line 1: is no JSON/],
      [JSON.stringify(JSON.parse(text)), /line 1|line 2/],
      [text.replace('"version":1', '"version":2'), /line 1: version/],
      [lines.filter((_, index) => index !== 3).join("\n"), /line \d+/],
      [`${text}{}\n`, /something follows/],
      [text.replace('"side":"debit"', '"side":7'), /lines\.0\.side/],
    ];
    for (const [changed, message] of wrong) {
      const path = join(directory, "wrong.json");
      await writeFile(path, changed);
      const { status, err } = await runImport("ftg_nobody", "http://127.0.0.1:9", path);
      expect(err).toMatch(message);
      expect(status).toBe(2);
    }
  }, 60_000);
});

test("the command line names what is wrong with it", () => {
  const env = { FOOTING_API_KEY: "ftg_key" };
  const url = ["--url", "http://127.0.0.1:3000"];
  expect(parseCommand(["book.json", ...url], env)).toMatchObject({ kind: "import", file: "book.json", bookId: null });
  const wrong = [
    [],
    ["a", "b", ...url],
    ["a"],
    ["a", "--url", "ftp://x"],
    ["a", ...url, "--book", "x"],
    ["a", "--odd"],
  ];
  for (const args of wrong) expect(parseCommand(args, env)).toMatchObject({ kind: "wrong" });
  expect(parseCommand(["a", ...url], {})).toMatchObject({ kind: "wrong", message: "set FOOTING_API_KEY" });
  expect(parseCommand(["--help"], {})).toEqual({ kind: "help" });
});
