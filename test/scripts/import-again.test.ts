import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AnswerProxy, type Passing, startAnswerProxy } from "../support/answer-proxy.ts";
import { createFurtherKey, createImportKey, type ImportKey } from "../support/api-key.ts";
import { type ApiProcess, startApi } from "../support/api-process.ts";
import { openTemporaryDirectory } from "../support/scratch-directory.ts";
import { FIXTURE, FIXTURE_ABSENT } from "./beancount/support/fixture.ts";

const script = fileURLToPath(new URL("../../scripts/import-beancount.ts", import.meta.url));

describe.skipIf(FIXTURE_ABSENT !== null)("an import that is run again (needs the fixture)", () => {
  let directory: string;
  let api: ApiProcess;
  /** A book that was imported at one go. */
  let whole: ImportKey;
  let before: Awaited<ReturnType<typeof stateOf>>;
  beforeAll(async () => {
    directory = await mkdtemp(join(openTemporaryDirectory(), "footing-import-"));
    await chmod(directory, 0o755);
    api = await startApi({ cwd: directory, env: { API_RATE_LIMIT_REQUESTS: "1000000" } });
    whole = await createImportKey(api.url);
    expect(await runImport(whole.key, api.url)).toMatchObject({ status: 0 });
    before = await stateOf(api.url, whole);
    expect(before.counts).toEqual({ accounts: 61, prices: 846, entries: 1044 });
  }, 60_000);
  afterAll(async () => {
    await api.end("SIGTERM");
    await rm(directory, { recursive: true, force: true });
  }, 30_000);

  test("adds nothing, and is answered by replays: the book and its totals stay as they were", async () => {
    const again = await runImport(whole.key, api.url);
    expect(again.status).toBe(0);
    expect(again.out).toMatch(/^imported +0 commodities, 0 accounts, 0 prices, 0 entries, 0 closings$/m);
    expect(again.out).toMatch(/^replayed +0 commodities, 0 accounts, 846 prices, 1044 entries, 0 closings:/m);
    expect(again.out).toMatch(/^found +9 commodities, 61 accounts,/m);
    expect(await stateOf(api.url, whole)).toEqual(before);
  }, 60_000);

  test("with another API key, or of a file that has grown, is refused and leaves the book as it was", async () => {
    const otherKey = await runImport(await createFurtherKey(api.url, whole), api.url);
    // Of the same name and grown at its end alone, so that its first thousand entries are the same.
    const file = join(directory, basename(FIXTURE));
    const later = 'open Assets:A\n2030-01-01 open Assets:B\n2030-01-02 * "x"\n  Assets:A  1.00 USD\n  Assets:B\n';
    await writeFile(file, `${await Bun.file(FIXTURE).text()}\n2030-01-01 ${later}`);
    const otherFile = await runImport(whole.key, api.url, file);
    for (const { status, err } of [otherKey, otherFile]) {
      expect(err).toContain("the book has entries already");
      expect(status).toBe(1);
    }
    expect(await stateOf(api.url, whole)).toEqual(before);
  }, 60_000);

  const isEntries = ({ path }: Passing) => path.endsWith("/journal-entries/bulk");
  const cuts: [string, (passed: readonly Passing[], last: Passing) => boolean][] = [
    ["among the accounts", (passed) => passed.filter(({ path }) => path.endsWith("/accounts")).length === 30],
    ["behind the prices", (_, last) => last.path.endsWith("/prices/bulk")],
    ["between the entries' batches", (_, last) => isEntries(last)],
    ["behind the last entries", (passed, last) => isEntries(last) && passed.filter(isEntries).length === 2],
  ];
  test.each(cuts)(
    "completes what was killed %s: every entry once, every assertion held",
    async (_, isReached) => {
      const book = await createImportKey(api.url);
      let kill = (): void => undefined;
      await using proxy: AnswerProxy = await startAnswerProxy(api.url, (passing) => {
        if (!isReached(proxy.passed, passing)) return false;
        kill();
        return true;
      });
      const killed = await runImport(book.key, String(proxy.url), FIXTURE, (end) => {
        kill = end;
      });
      expect(killed.signal).toBe("SIGKILL");
      const { status, out } = await runImport(book.key, api.url);
      expect(out).toMatch(/^assertions +82 held, 0 failed$/m);
      expect(status).toBe(0);
      expect(await stateOf(api.url, book)).toMatchObject({ counts: before.counts, totals: before.totals });
    },
    60_000,
  );

  test("goes through a network that loses answers to writes, doing each once", async () => {
    const book = await createImportKey(api.url);
    const sent = new Map<string, number>();
    await using proxy = await startAnswerProxy(api.url, ({ method, path }) => {
      const times = (sent.get(path) ?? 0) + 1;
      sent.set(path, times);
      return method === "POST" && (path.endsWith("/bulk") ? times % 2 === 1 : times === 1);
    });
    const { status, out, err } = await runImport(book.key, String(proxy.url));
    expect(out).toMatch(/^replayed +1 commodities, 1 accounts, 846 prices, 1044 entries, 0 closings:/m);
    expect(out).toMatch(/^assertions +82 held, 0 failed$/m);
    expect(err).toContain("waiting 1 s");
    expect(status).toBe(0);
    expect(await stateOf(api.url, book)).toMatchObject({ counts: before.counts, totals: before.totals });
  }, 60_000);
});

interface Run {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | number | null;
  readonly out: string;
  readonly err: string;
}

async function runImport(key: string, url: string, file = FIXTURE, started?: (kill: () => void) => void): Promise<Run> {
  const run = Bun.spawn([process.execPath, script, file, "--url", url], {
    env: { ...process.env, FOOTING_API_KEY: key },
    stdout: "pipe",
    stderr: "pipe",
  });
  started?.(() => run.kill("SIGKILL"));
  const [out, err] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
  await run.exited;
  return { status: run.exitCode, signal: run.signalCode, out, err };
}

/** How much of everything the book has, and its trial balance. */
async function stateOf(url: string, { bookId, key }: ImportKey) {
  const get = async (path: string) => {
    const response = await fetch(`${url}/api/v1/books/${bookId}${path}`, {
      headers: { Authorization: `Bearer ${key}` },
    });
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what the wire carried, and says itself what it expects.
    return (await response.json()) as any;
  };
  const listAll = async (path: string): Promise<{ id: string }[]> => {
    const items = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = await get(`${path}?limit=200${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);
      items.push(...page.items);
      cursor = page.next_cursor;
    }
    return items;
  };
  const { items, totals } = await get("/reports/trial-balance");
  const counts = {
    accounts: (await listAll("/accounts")).length,
    prices: (await listAll("/prices")).length,
    entries: (await listAll("/journal-entries")).length,
  };
  return { counts, items, totals };
}
