import { afterAll, beforeAll, expect, test } from "bun:test";
import { v7 as uuidV7 } from "uuid";
import { closeAccount, removeAccount } from "../../../src/modules/accounts/service.ts";
import { postEntry } from "../../../src/modules/journal/service.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient, overlap, recordingFor } from "./book-client.ts";

let app: TestApp;
let book: BookClient;
beforeAll(async () => {
  app = await createTestApp();
  app.clock.current = new Date("2026-01-01T00:00:00.000Z");
  book = await createBookClient(app);
  await book.account("Equity:Opening", { type: "equity" });
});
afterAll(() => app.close());

test("a closed account takes lines on its last day and none after, and cannot be closed again", async () => {
  const account = await book.account("Assets:Closing");
  app.clock.current = new Date("2026-01-01T00:01:00.000Z");
  const closed = await book.post(`/accounts/${account.id}/close`, { closed_on: "2026-01-15" });
  expect(closed.status).toBe(200);
  expect(closed.body).toEqual({ ...account, closed_on: "2026-01-15", updated_at: "2026-01-01T00:01:00.000Z" });
  expect((await book.get(`/accounts/${account.id}`)).body).toEqual(closed.body);

  expect((await book.transfer({ date: "2026-01-15", debit: "Assets:Closing", credit: "Equity:Opening" })).status).toBe(
    201,
  );
  const late = await book.transfer({ date: "2026-01-16", debit: "Assets:Closing", credit: "Equity:Opening" });
  expect([late.status, late.body.error_id]).toEqual([422, "ACCOUNT_NOT_OPEN"]);
  const again = await book.post(`/accounts/${account.id}/close`, { closed_on: "2026-01-20" });
  expect([again.status, again.body.error_id, again.body.detail]).toEqual([
    409,
    "ACCOUNT_CLOSED",
    "Assets:Closing was closed on 2026-01-15.",
  ]);
});

test("an account is not closed before its last line", async () => {
  const account = await book.account("Assets:Busy");
  for (const date of ["2026-01-10", "2026-01-20", "2026-01-30"]) {
    await book.transfer({ date, debit: "Assets:Busy", credit: "Equity:Opening" });
  }
  const early = await book.post(`/accounts/${account.id}/close`, { closed_on: "2026-01-19" });
  expect([early.status, early.body.error_id]).toEqual([409, "ACCOUNT_HAS_LINES"]);
  expect(early.body.detail).toBe("Assets:Busy has 2 lines after 2026-01-19, the last on 2026-01-30.");
  expect((await book.get(`/accounts/${account.id}`)).body.closed_on).toBeNull();
  expect((await book.post(`/accounts/${account.id}/close`, { closed_on: "2026-01-30" })).status).toBe(200);
});

test("an account does not close before it opens, nor open after it closed", async () => {
  const account = await book.account("Assets:Ordered", { opened_on: "2026-01-10" });
  const early = await book.post(`/accounts/${account.id}/close`, { closed_on: "2026-01-09" });
  expect([early.status, early.body.error_id]).toEqual([422, "ACCOUNT_DATES_INVALID"]);
  expect((await book.post(`/accounts/${account.id}/close`, { closed_on: "2026-01-10" })).status).toBe(200);
  const late = await book.patch(`/accounts/${account.id}`, { opened_on: "2026-01-11" });
  expect([late.status, late.body.error_id]).toEqual([422, "ACCOUNT_DATES_INVALID"]);
});

test("an account without lines is deleted, and its path is free again", async () => {
  const account = await book.account("Assets:Short-lived");
  const child = await book.account("Assets:Short-lived:Child");
  const deleted = await book.delete(`/accounts/${account.id}`);
  expect([deleted.status, deleted.body]).toEqual([204, ""]);
  expect((await book.get(`/accounts/${account.id}`)).status).toBe(404);
  expect((await book.get(`/accounts/${child.id}`)).body).toEqual(child);
  await book.account("Assets:Short-lived");
});

test("an account with lines is not deleted", async () => {
  const account = await book.account("Assets:Used");
  await book.transfer({ date: "2026-01-10", debit: "Assets:Used", credit: "Equity:Opening" });
  const { status, body } = await book.delete(`/accounts/${account.id}`);
  expect([status, body.error_id]).toEqual([409, "ACCOUNT_HAS_LINES"]);
  expect((await book.get(`/accounts/${account.id}`)).body).toEqual(account);
});

/** A posting to the account on 2026-01-16, by the service itself. */
const entryOn = (path: string) => {
  const line = { amount: "1", commodity: "USD" };
  return {
    id: uuidV7(),
    date: "2026-01-16",
    lines: [
      { account_path: path, side: "debit" as const, ...line },
      { account_path: "Equity:Opening", side: "credit" as const, ...line },
    ],
  };
};

const precondition = () => Promise.resolve();

const refusals = {
  close: (id: string) => book.post(`/accounts/${id}/close`, { closed_on: "2026-01-15" }),
  "later opening": (id: string) => book.patch(`/accounts/${id}`, { opened_on: "2026-01-17" }),
  "narrower commodities": (id: string) => book.patch(`/accounts/${id}`, { commodities: ["EUR"] }),
  delete: (id: string) => book.delete(`/accounts/${id}`),
};

test.each(Object.entries(refusals))(
  "a %s that begins while an entry is being posted waits for it and is refused",
  async (name, change) => {
    const account = await book.account(`Assets:Raced ${name}`);
    const { second } = await overlap(app, book.bookId, {
      first: (tx) => postEntry(tx, recordingFor(book.bookId), entryOn(account.path)),
      second: () => change(account.id),
    });
    expect([second.status, second.body.error_id]).toEqual([409, "ACCOUNT_HAS_LINES"]);
    expect((await book.get(`/accounts/${account.id}`)).body).toEqual(account);
  },
);

test("an entry that is posted while its account is being closed waits for it and is refused", async () => {
  const account = await book.account("Assets:Closing meanwhile");
  const { second } = await overlap(app, book.bookId, {
    first: (tx) =>
      closeAccount(tx, {
        bookId: book.bookId,
        accountId: account.id,
        precondition,
        closedOn: "2026-01-15",
        now: new Date(),
      }),
    second: () => book.transfer({ date: "2026-01-16", debit: account.path, credit: "Equity:Opening" }),
  });
  expect([second.status, second.body.error_id]).toEqual([422, "ACCOUNT_NOT_OPEN"]);
});

test("an entry that is posted while its account is being deleted waits for it and is refused", async () => {
  const account = await book.account("Assets:Going");
  const { second } = await overlap(app, book.bookId, {
    first: (tx) => removeAccount(tx, { bookId: book.bookId, accountId: account.id, precondition }),
    second: () => book.transfer({ date: "2026-01-16", debit: account.path, credit: "Equity:Opening" }),
  });
  expect([second.status, second.body.error_id]).toEqual([422, "ACCOUNT_UNKNOWN"]);
});

test("whatever order postings and a closing come in, no line is dated after closed_on", async () => {
  for (let round = 0; round < 10; round++) {
    const account = await book.account(`Assets:Round ${round}`);
    const [closing, ...postings] = await Promise.all([
      book.post(`/accounts/${account.id}/close`, { closed_on: "2026-01-15" }),
      ...Array.from({ length: 3 }, () =>
        book.transfer({ date: "2026-01-16", debit: account.path, credit: "Equity:Opening" }),
      ),
    ]);
    const posted = postings.filter(({ status }) => status === 201).length;
    expect([closing.status, posted > 0]).toEqual(closing.status === 200 ? [200, false] : [409, true]);
  }
});
