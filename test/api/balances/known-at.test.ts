import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { formatKnowledge, parseKnowledge } from "../../../src/domain/knowledge.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";
import { createReportsBook, paths, type ReportsBook, steps } from "../reports/reports-book.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

test("balances and registers are at every token and time before what they were then", async () => {
  const drawn = fc.tuple(fc.array(steps, { minLength: 1, maxLength: 8 }), fc.constantFrom(...paths));
  await fc.assert(
    fc.asyncProperty(drawn, async ([list, path]) => {
      app.clock.current = new Date("2026-01-01T00:00:00Z");
      const book = await createReportsBook(app);
      const account = `/accounts/${(await book.get(`/accounts?path=${path}`)).body.items[0].id}`;
      const above = `/accounts/${(await book.get("/accounts?path=Assets:Cash")).body.items[0].id}`;
      const queries = [
        `${account}/balance?as_of=2024-01-01`,
        `${above}/balance?descendants=true`,
        `${account}/register?total_in=USD`,
        `${account}/register?limit=2&from=2023-12-31&total_in=USD`,
      ];
      const moments: { at: string; answers: Awaited<ReturnType<ReportsBook["get"]>>["body"][] }[] = [];
      for (const [index, step] of list.entries()) {
        app.clock.current = new Date(Date.UTC(2026, 0, 1, 0, 0, index));
        await book.take(step);
        const answers = [];
        for (const query of queries) answers.push((await book.get(query)).body);
        moments.push({ at: app.clock.current.toISOString(), answers });
      }
      for (const { at, answers } of moments) {
        for (const [index, answer] of answers.entries()) {
          for (const knownAt of [answer.knowledge, at]) {
            const { status, body } = await book.get(`${queries[index]}&known_at=${knownAt}`);
            const cut = { knowledge: null, known_at: null, next_cursor: null };
            expect([status, { ...body, ...cut }]).toEqual([200, { ...answer, ...cut }]);
            expect((body.next_cursor ?? null) === null).toBe((answer.next_cursor ?? null) === null);
          }
        }
      }
    }),
    { numRuns: 15, interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);

test("a register is told in another commodity by the price of each line's own day, the missing ones named", async () => {
  app.clock.current = null;
  const book: BookClient = await createBookClient(app);
  const { id } = await book.account("Assets:Bank");
  await book.account("Income:Sales", { type: "income" });
  const move = { debit: "Assets:Bank", credit: "Income:Sales" };
  for (const date of ["2024-01-01", "2024-01-02", "2024-01-04"])
    await book.transfer({ date, ...move, commodity: "EUR" });
  await book.transfer({ date: "2024-01-05", ...move });
  for (const [date, price] of [
    ["2024-01-02", "1.25"],
    ["2024-01-03", "1.5"],
  ]) {
    await book.post("/prices", { commodity: "EUR", quote: "USD", date, price });
  }
  const { body } = await book.get(`/accounts/${id}/register?total_in=USD`);
  expect(body.items.map((line: { date: string; value: string | null }) => [line.date, line.value])).toEqual([
    ["2024-01-01", null],
    ["2024-01-02", "1.25"],
    ["2024-01-04", "1.50"],
    ["2024-01-05", "1.00"],
  ]);
  expect(body.prices.map((price: { date: string; price: string }) => [price.date, price.price])).toEqual([
    ["2024-01-02", "1.25"],
    ["2024-01-03", "1.5"],
  ]);
  expect(body.missing_prices).toEqual([{ commodity: "EUR", quote: "USD", date: "2024-01-01" }]);
  const unknown = await book.get(`/accounts/${id}/register?total_in=NOPE`);
  expect([unknown.status, unknown.body.error_id]).toEqual([422, "COMMODITY_UNKNOWN"]);
});

test.each(["register", "balance"])("a %s at a point of knowledge that is none is a 400", async (what) => {
  const book: BookClient = await createBookClient(app);
  const { id } = await book.account("Assets:Bank");
  const { status, body } = await book.get(`/accounts/${id}/${what}?known_at=kn_`);
  expect([status, body.errors[0].pointer]).toEqual([400, "/query/known_at"]);
});

test("a token of another history of the database, or of what it has not come to, is refused, and told apart from one that is none", async () => {
  const book = await createBookClient(app);
  const { id } = await book.account("Assets:Bank");
  const { knowledge } = (await book.get("/reports/balance-sheet")).body;
  const { era } = parseKnowledge(knowledge) ?? {};
  const farEnd = "9000000000000000000:9000000000000000001:";
  for (const elsewhere of [
    formatKnowledge({ era: "0123456789", snapshot: "10:10:", at: null }),
    formatKnowledge({ era: era ?? "", snapshot: farEnd, at: null }),
  ])
    for (const path of [
      `/accounts/${id}/balance?known_at=${elsewhere}`,
      `/accounts/${id}/register?known_at=${elsewhere}`,
      `/reports/balance-sheet?known_at=${elsewhere}`,
      `/reports/trial-balance/changes?from=${elsewhere}`,
      `/reports/trial-balance/changes?from=2026-01-01T00:00:00Z&to=${elsewhere}`,
    ]) {
      const { status, body } = await book.get(path);
      expect({ path, status, id: body.error_id }).toEqual({ path, status: 422, id: "KNOWLEDGE_LOST" });
    }
});
