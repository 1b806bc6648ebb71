import { afterAll, beforeAll, expect, test } from "bun:test";
import { withTx } from "../../../src/foundation/db/index.ts";
import { recordPrice, removePrice } from "../../../src/modules/prices/service.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient, scopeOf } from "../accounts/book-client.ts";

let app: TestApp;
let book: BookClient;
beforeAll(async () => {
  app = await createTestApp();
  app.clock.current = new Date("2026-01-01T00:00:00Z");
  book = await createBookClient(app);
  await book.post("/commodities", { code: "ACME", places: 0 });
  await book.account("Assets:Broker");
  await book.account("Equity:Capital", { type: "equity" });
  await book.transfer({ date: "2024-01-01", debit: "Assets:Broker", credit: "Equity:Capital", commodity: "ACME" });
});
afterAll(() => app.close());

const fact = { commodity: "ACME", quote: "USD", date: "2024-01-01" };
const query = "/reports/balance-sheet?total_in=USD";
const total = async (knownAt?: string) => {
  const { body } = await book.get(knownAt === undefined ? query : `${query}&known_at=${knownAt}`);
  return { total: body.assets.total, knowledge: body.knowledge, missing: body.missing_prices.length };
};
const told = (price: string) => ({ ...fact, id: crypto.randomUUID(), price });

test("a value is told by the prices that were known: those of before a correction, a deletion and another start", async () => {
  const answers = [await total()];
  const at: string[] = [];
  const step = async (second: number, run: () => Promise<unknown>) => {
    app.clock.current = new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    await run();
    answers.push(await total());
    at.push(app.clock.current.toISOString());
  };
  await step(1, () => book.post("/prices", { ...fact, price: "10.5" }));
  await step(2, () => book.post("/prices/bulk", { prices: [{ ...fact, price: "11" }] }));
  const id = (await book.get("/prices")).body.items[0].id;
  await step(3, () => book.delete(`/prices/${id}`));
  await step(4, () => book.post("/prices", { ...fact, price: "12" }));
  expect(answers.map((answer) => answer.total)).toEqual([null, "10.50", "11.00", null, "12.00"]);
  for (const answer of answers) expect(await total(answer.knowledge)).toEqual(answer);
  for (const [index, time] of at.entries()) expect((await total(time)).total).toBe(answers[index + 1]?.total ?? null);
  expect((await total("2025-12-31T00:00:00Z")).missing).toBe(0);
});

test("of several prices that one transaction gives a fact, the last is what was known after it", async () => {
  const { bookId } = book;
  await withTx(app.db, scopeOf(bookId), async (tx) => {
    const now = new Date();
    const { id: priceId } = await recordPrice(tx, { bookId, now, price: told("20") });
    await removePrice(tx, { bookId, priceId, now });
    await recordPrice(tx, { bookId, now, price: told("21") });
  });
  const { total: value, knowledge } = await total();
  await book.post("/prices", { ...fact, price: "22" });
  expect([value, (await total(knowledge)).total]).toEqual(["21.00", "21.00"]);
});

test("of two transactions that give a fact its price, the one that was last is what was known, whichever began first", async () => {
  const { bookId } = book;
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const slow = withTx(app.db, scopeOf(bookId), async (tx) => {
    await tx.sql`select pg_current_xact_id()`;
    begun.resolve();
    await gate.promise;
    return recordPrice(tx, { bookId, now: new Date(), price: told("31") });
  });
  await begun.promise;
  expect((await book.post("/prices", { ...fact, price: "30" })).status).toBe(201);
  gate.resolve();
  await slow;
  const { total: value, knowledge } = await total();
  await book.post("/prices", { ...fact, price: "32" });
  expect([value, (await total(knowledge)).total]).toEqual(["31.00", "31.00"]);
});
