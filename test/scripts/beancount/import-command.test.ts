import { describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ImportCommand, parseCommand } from "../../../scripts/beancount/command-line.ts";
import { runCommand } from "../../../scripts/beancount/import-command.ts";
import { type FakeBook, problem, startFakeApi } from "./support/fake-api.ts";
import { FIXTURE, FIXTURE_ABSENT } from "./support/fixture.ts";
import { OPENINGS } from "./support/plan-of.ts";

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the import of a text, written to a file that is gone afterwards. */
async function importText(url: URL, text: string, options: Partial<ImportCommand> = {}): Promise<Run> {
  const directory = await mkdtemp(join(tmpdir(), "import-"));
  try {
    const file = join(directory, "book.beancount");
    await writeFile(file, text);
    return await importFile(url, file, options);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function importFile(url: URL, file: string, options: Partial<ImportCommand> = {}): Promise<Run> {
  const texts = { out: "", err: "" };
  const into = (stream: "out" | "err") => ({ write: (text: string) => (texts[stream] += text) });
  const command: ImportCommand = {
    kind: "import",
    file,
    url,
    apiKey: "ftg_x",
    bookId: null,
    append: false,
    ...options,
  };
  const status = await runCommand(command, { out: into("out"), err: into("err") });
  return { status, ...texts };
}

const BOOK = `${OPENINGS}
2020-01-02 * "x"
  Assets:Bank  10.00 USD
  Equity:Opening
2020-01-03 balance Assets:Bank  10.00 USD
2020-01-03 price X 2 USD
2020-01-04 close Assets:Bank
`;

test("imports a book, checks it against what the API answers, and sums up", async () => {
  await using api = startFakeApi();
  const { status, out, err } = await importText(api.url, BOOK);
  expect(err).toContain("entries 1/1");
  expect(out).toContain("imported        1 commodities, 6 accounts, 1 prices, 1 entries, 1 closings");
  expect(out).toContain("assertions      1 held, 0 failed");
  expect(out).toContain("trial balance   USD debit 10 credit 10");
  expect(status).toBe(0);
  expect(api.state.accounts.get("Assets:Bank")?.closed_on).toBe("2020-01-04");
});

test("sends nothing when the book has a fault, and tells where", async () => {
  await using api = startFakeApi();
  const { status, out, err } = await importText(
    api.url,
    `${BOOK}\n2020-01-02 * "y"\n  Assets:Bank  1 USD\n  Assets:Cash  2 USD`,
  );
  expect(err).toContain("book.beancount:16: the transaction does not balance: 3 USD");
  expect(out).toContain("nothing was sent");
  expect(status).toBe(1);
  expect(api.requests).toEqual([]);
});

test("a failed assertion is shown with what the API has, and fails the import", async () => {
  await using api = startFakeApi();
  const { status, out } = await importText(
    api.url,
    BOOK.replace("balance Assets:Bank  10.00", "balance Assets:Bank  10.02"),
  );
  expect(out).toContain("0 held, 1 failed");
  expect(out).toContain("Assets:Bank at the end of 2020-01-02: expected 10.02 USD ±0.01, the API has 10");
  expect(status).toBe(1);
});

test("totals that differ fail the import, though all assertions hold", async () => {
  const totals = [{ commodity: "USD", debit: "10.00", credit: "9.99" }];
  await using api = startFakeApi(({ path }) => (path.endsWith("/trial-balance") ? Response.json({ totals }) : null));
  const { status, out } = await importText(api.url, BOOK);
  expect(out).toContain("USD debit 10.00 credit 9.99  DIFFERENT");
  expect(status).toBe(1);
});

test("a second run of a book is answered by replays, and changes nothing", async () => {
  await using api = startFakeApi();
  expect((await importText(api.url, BOOK)).status).toBe(0);
  const again = await importText(api.url, BOOK);
  expect(again.out).toContain("imported        0 commodities, 0 accounts, 0 prices, 0 entries, 0 closings");
  expect(again.out).toContain(
    "replayed        0 commodities, 0 accounts, 1 prices, 1 entries, 0 closings: sent before",
  );
  expect(again.out).toContain(
    "found           1 commodities, 6 accounts, 0 prices, 0 entries, 1 closings: in the book",
  );
  expect(again.status).toBe(0);
  expect((await importText(api.url, BOOK, { append: true })).status).toBe(0);
  expect(api.state.ledger.entryCount).toBe(1);
  expect(api.state.prices).toHaveLength(1);
});

test("refuses another file for a book that has entries, writing nothing; --append adds to it", async () => {
  await using api = startFakeApi();
  const book = BOOK.replace(/^.* close .*\n/m, "");
  expect((await importText(api.url, book)).status).toBe(0);
  const other = book.replace("10.00", "5.00").replace("10.00 USD", "15.00 USD");
  const refused = await importText(api.url, other);
  expect(refused.err).toContain("the book has entries already");
  expect(refused.status).toBe(1);
  expect(api.state.ledger.entryCount).toBe(1);
  const appended = await importText(api.url, other, { append: true });
  expect(appended.out).toContain("imported        0 commodities, 0 accounts, 0 prices, 1 entries");
  expect(appended.status).toBe(0);
  expect((await importText(api.url, other)).status).toBe(0);
  expect(api.state.ledger.entryCount).toBe(2);
});

test("stops before writing when the book's accounts or commodities contradict the plan", async () => {
  await using api = startFakeApi();
  const account = { commodities: ["EUR"], opened_on: null, closed_on: null, active: true };
  const put = (state: FakeBook): void => {
    state.accounts.set("Assets:Cash", { id: "1", path: "Assets:Cash", type: "asset", ...account });
    state.accounts.set("Equity:Opening", {
      id: "2",
      path: "Equity:Opening",
      type: "income",
      ...account,
      commodities: null,
    });
    state.accounts.set("Expenses:Food", {
      id: "3",
      path: "Expenses:Food",
      type: "expense",
      ...account,
      commodities: null,
    });
    state.commodities.set("X", { code: "X", places: 0 });
  };
  put(api.state);
  const { status, err } = await importText(api.url, BOOK);
  expect(err).toContain("the book has Assets:Cash: without the commodity any");
  expect(err).toContain("the book has Equity:Opening: of type income, not equity");
  expect(err).toContain("the book's X has 0 places, and 2 are needed");
  expect(err).not.toContain("Expenses:Food");
  expect(status).toBe(1);
  expect(api.requests.filter(({ method }) => method === "POST")).toEqual([]);
});

test("a refused batch names the lines of the book, and what was confirmed before it", async () => {
  await using api = startFakeApi(({ path, method }) => {
    if (method !== "POST" || !path.endsWith("/journal-entries/bulk")) return null;
    return problem(422, "ACCOUNT_UNKNOWN", { errors: [{ pointer: "/entries/0/lines/1/amount", detail: "too fine" }] });
  });
  const { status, out, err } = await importText(api.url, BOOK);
  expect(err).toContain("book.beancount:9: /entries/0/lines/1/amount: too fine");
  expect(out).toContain("6 accounts, 1 prices, 0 entries");
  expect(status).toBe(1);
});

test("a write whose answer is lost is asked for again, and done once", async () => {
  let losses = 0;
  await using api = startFakeApi((seen) => {
    if (seen.method !== "POST" || ++losses % 2 === 0) return null;
    api.state.answer(seen);
    return problem(503, "COMMIT_OUTCOME_UNKNOWN", {}, { "Retry-After": "0" });
  });
  const { status, out } = await importText(api.url, BOOK);
  expect(out).toContain("replayed        1 commodities, 6 accounts, 1 prices, 1 entries, 1 closings");
  expect(status).toBe(0);
  expect(api.state.ledger.entryCount).toBe(1);
});

test("an API that stays away ends the import, which says to run it again", async () => {
  await using api = startFakeApi(({ path }) =>
    path.endsWith("/journal-entries/bulk") ? problem(503, "COMMIT_OUTCOME_UNKNOWN", {}, { "Retry-After": "0" }) : null,
  );
  const { status, err } = await importText(api.url, BOOK);
  expect(err).toContain("given up after 5 waits");
  expect(err).toContain("run the same command again");
  expect(status).toBe(1);
});

test("an account that was taken away since an earlier run is made again", async () => {
  await using api = startFakeApi();
  const text = `${OPENINGS}\n`;
  await importText(api.url, text);
  api.state.accounts.delete("Assets:Cash");
  const { status, out } = await importText(api.url, text);
  expect(out).toContain("imported        0 commodities, 1 accounts");
  expect(status).toBe(0);
  expect(api.state.accounts.has("Assets:Cash")).toBe(true);
});

test("a batch of which less is confirmed than was sent stops the import", async () => {
  await using api = startFakeApi(({ path }) => (path.endsWith("/prices/bulk") ? Response.json({ items: [] }) : null));
  const { status, err } = await importText(api.url, BOOK);
  expect(err).toContain("1 prices were sent, and 0 were confirmed");
  expect(status).toBe(1);
});

test("an assertion counts the accounts below its own", async () => {
  await using api = startFakeApi();
  const book = BOOK.replace("balance Assets:Bank", "balance Assets:Money").replaceAll(
    "Assets:Bank",
    "Assets:Money:Bank",
  );
  const { status, out } = await importText(api.url, `2020-01-01 open Assets:Money\n${book}`);
  expect(out).toContain("1 held, 0 failed");
  expect(status).toBe(0);
});

test("a key of another book or without write is refused before anything is read", async () => {
  const bookId = "00000000-0000-4000-8000-000000000000";
  await using api = startFakeApi();
  expect((await importText(api.url, BOOK, { bookId })).err).toContain("the API key belongs to the book");
  const me = { books: [], api_key: { book_id: bookId, scopes: ["read"] } };
  await using reader = startFakeApi(() => Response.json(me));
  expect((await importText(reader.url, BOOK)).err).toContain("lacks the scope write");
  expect([...api.requests, ...reader.requests].map(({ path }) => path)).toEqual(["/api/v1/auth/me", "/api/v1/auth/me"]);
});

test("an include is followed from its own folder; a pattern, a missing and a repeated one are faults", async () => {
  const directory = await mkdtemp(join(tmpdir(), "import-"));
  await using _ = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
  const file = join(directory, "main.beancount");
  const include = (path: string): string => `include "${path}"\n`;
  await writeFile(join(directory, "accounts.beancount"), OPENINGS);
  await writeFile(file, include("accounts.beancount") + BOOK.replace(OPENINGS, ""));
  await using api = startFakeApi();
  expect(await importFile(api.url, file)).toMatchObject({ status: 0 });
  await writeFile(
    file,
    ["*.beancount", "gone.beancount", "accounts.beancount", "./accounts.beancount"].map(include).join(""),
  );
  const { err, status } = await importFile(api.url, file);
  expect(status).toBe(1);
  expect(err).toContain('main.beancount:1: include "*.beancount" is a pattern');
  expect(err).toContain('main.beancount:2: include "gone.beancount"');
  expect(err).toContain('main.beancount:4: include "./accounts.beancount" is included twice');
});

test("wrong usage ends with 2 and the usage text, help with 0, a dry run needs no API", async () => {
  const env = { FOOTING_API_KEY: "ftg_env" };
  const url = ["--url", "http://127.0.0.1:1"];
  for (const args of [
    [],
    ["a", "b", ...url],
    ["a"],
    ["a", "--url", "ftp://x"],
    ["a", ...url, "--book", "1"],
    ["a", "--what"],
  ]) {
    expect(parseCommand(args, env).kind).toBe("wrong");
  }
  expect(parseCommand(["a", ...url], {}).kind).toBe("wrong");
  expect(parseCommand(["a", ...url], env)).toMatchObject({ kind: "import", apiKey: "ftg_env", bookId: null });
  expect(parseCommand(["a", ...url, "--api-key", "ftg_own"], env)).toMatchObject({ apiKey: "ftg_own" });
  const run = async (...args: string[]): Promise<Run> => {
    const script = join(import.meta.dir, "../../../scripts/import-beancount.ts");
    const process = Bun.spawn([globalThis.process.execPath, script, ...args], { stdout: "pipe", stderr: "pipe" });
    const [out, err] = await Promise.all([process.stdout.text(), process.stderr.text()]);
    return { status: await process.exited, out, err };
  };
  expect(await run("--wrong")).toMatchObject({ status: 2, out: "" });
  expect(await run("/does/not/exist", "--dry-run")).toMatchObject({ status: 2 });
  expect((await run("--help")).out).toContain("--dry-run");
});

describe.skipIf(FIXTURE_ABSENT !== null)(`a real book${FIXTURE_ABSENT ? ` (skipped: ${FIXTURE_ABSENT})` : ""}`, () => {
  test("goes through an API that limits requests: 1,044 entries once each, 82 assertions held", async () => {
    await using api = startFakeApi((_, count) =>
      count % 10 === 0 ? problem(429, "RATE_LIMITED", {}, { "Retry-After": "0" }) : null,
    );
    const { status, out, err } = await importFile(api.url, FIXTURE);
    expect(out).toContain("82 held, 0 failed");
    expect(err).toContain("waiting 0 s");
    expect(api.state.ledger.entryCount).toBe(1044);
    expect(api.state.prices).toHaveLength(846);
    expect(status).toBe(0);
  });
});
