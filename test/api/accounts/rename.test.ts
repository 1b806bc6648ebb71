import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "./book-client.ts";

let app: TestApp;
let book: BookClient;
beforeAll(async () => {
  app = await createTestApp();
  app.clock.current = new Date("2026-01-01T00:00:00.000Z");
  book = await createBookClient(app);
});
afterAll(() => app.close());

test("a new path takes the accounts below along, with a new updated_at, and no others", async () => {
  const bank = await book.account("Assets:Bank");
  const checking = await book.account("Assets:Bank:Checking");
  const banking = await book.account("Assets:Banking");
  app.clock.current = new Date("2026-01-01T00:01:00.000Z");
  const { status, body } = await book.patch(`/accounts/${bank.id}`, {
    path: "Assets:Z\u00fcrich \u{20000}",
    code: "Z",
  });
  const updated_at = "2026-01-01T00:01:00.000Z";
  expect([status, body]).toEqual([200, { ...bank, path: "Assets:Z\u00fcrich \u{20000}", code: "Z", updated_at }]);
  expect((await book.get(`/accounts/${bank.id}`)).body).toEqual(body);
  expect((await book.get(`/accounts/${checking.id}`)).body).toEqual({
    ...checking,
    path: "Assets:Z\u00fcrich \u{20000}:Checking",
    updated_at,
  });
  expect((await book.get(`/accounts/${banking.id}`)).body).toEqual(banking);

  const back = await book.patch(`/accounts/${bank.id}`, { path: "Assets:Bank" });
  expect(back.body.path).toBe("Assets:Bank");
  expect((await book.get(`/accounts/${checking.id}`)).body.path).toBe("Assets:Bank:Checking");
});

test("lines show the new path and stay where they were", async () => {
  const from = await book.account("Assets:Moving");
  await book.account("Equity:Still", { type: "equity" });
  const entry = await book.transfer({ date: "2026-01-10", debit: "Assets:Moving", credit: "Equity:Still" });
  await book.patch(`/accounts/${from.id}`, { path: "Assets:Moved" });
  const { lines } = (await book.get(`/journal-entries/${entry.body.id}`)).body;
  expect(lines.map((line: { account_path: string }) => line.account_path)).toEqual(["Assets:Moved", "Equity:Still"]);
});

test("a rename that would make a path below too long moves nothing", async () => {
  const top = await book.account("T");
  const name = "n".repeat(60);
  const below = await book.account(`T:${name}:${name}:${name}:${name}`);
  const { status, body } = await book.patch(`/accounts/${top.id}`, { path: "T".repeat(20) });
  expect([status, body.error_id, body.errors[0].pointer]).toEqual([400, "VALIDATION_FAILED", "/path"]);
  expect((await book.get(`/accounts/${below.id}`)).body).toEqual(below);
});

const nameArbitrary = fc.constantFrom("A", "B");
const pathArbitrary = fc.array(nameArbitrary, { minLength: 1, maxLength: 3 }).map((names) => names.join(":"));

/** The old and the new place overlap, whichever account was stored first. */
const overlapping: [string[], number, string][] = [
  [["A", "A:B", "A:B:B"], 0, "A:B"],
  [["A:B:B", "A:B", "A"], 2, "A:B"],
  [["A:B", "A:B:B"], 0, "A"],
  [["A:B:B", "A:B"], 1, "A"],
  [["A:B", "A:B:B", "A"], 0, "A"],
];

test("any rename gives the tree that moving each path by hand gives, or 409 and the tree as it was", async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(pathArbitrary, { minLength: 1, maxLength: 7 }),
      fc.nat(),
      pathArbitrary,
      async (tree, pick, target) => {
        const root = `Run ${++runs}`;
        const at = (path: string) => `${root}:${path}`;
        const ids = new Map<string, string>();
        for (const path of tree) ids.set(path, (await book.account(at(path))).id);
        const source = tree[pick % tree.length] ?? "";
        const moves = (path: string) => path === source || path.startsWith(`${source}:`);
        const stay = tree.filter((path) => !moves(path));
        const moved = tree.filter(moves).map((path) => target + path.slice(source.length));
        const collides = moved.some((path) => stay.includes(path));

        const { status, body } = await book.patch(`/accounts/${ids.get(source)}`, { path: at(target) });
        expect([status, body.error_id]).toEqual(collides ? [409, "ACCOUNT_PATH_TAKEN"] : [200, undefined]);
        const found = (await book.all(`/accounts?under=${root}`, 50)).map(({ path }) => path);
        expect(found.toSorted()).toEqual((collides ? tree : [...stay, ...moved]).map(at).toSorted());
      },
    ),
    { numRuns: 60, examples: overlapping },
  );
});
