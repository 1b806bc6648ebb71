import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { formatKnowledge } from "../../../src/domain/knowledge.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { superuserUrl } from "../../support/database.ts";
import { createPeriodBook, entryOf, knownAt, made, retained } from "./period-book.ts";

let app: TestApp;
let superuser: postgres.Sql;
beforeAll(async () => {
  app = await createTestApp();
  superuser = postgres(await superuserUrl(app.database.name), { max: 1, fetch_types: false });
});
afterAll(async () => {
  await superuser.end();
  await app.close();
});

const outcome = ({ status, body }: { status: number; body: { error_id?: string } }) => [status, body.error_id];
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const locked = [422, "PERIOD_LOCKED"];

test("a close says who closed what in which request, is read back as it was answered, and posts nothing unasked", async () => {
  const book = await createPeriodBook(app);
  await book.move({ date: "2024-12-31", debit: "Assets", credit: "Income" });
  const { status, body } = await book.close("2024-12-31");
  expect(status).toBe(201);
  expect(body).toEqual({
    id: uuid,
    closed_through: "2024-12-31",
    closed: {
      at: expect.any(String),
      by: uuid,
      api_key_id: null,
      request_id: expect.any(String),
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    },
    knowledge: expect.stringMatching(/^kn_/),
    closing_entry_ids: [],
    reopened: null,
  });
  const read = await book.get(`/period-closes/${body.id}`);
  expect([read.status, read.body]).toEqual([200, body]);
  expect((await book.get("/journal-entries")).body.items.length).toBe(1);
  const [row] = await superuser<{ snapshot: string; era: string }[]>`
    select knowledge::text as snapshot, ledger.era() as era from ledger.period_closes where id = ${body.id}`;
  expect(body.knowledge).toBe(formatKnowledge({ snapshot: "", era: "", ...row, at: null }));
});

test("nothing more is posted in a closed period, whichever way it comes; after it, everything is", async () => {
  const book = await createPeriodBook(app);
  const draft = await book.move({ date: "2024-12-31", debit: "Assets", credit: "Income", status: "draft" });
  const early = await book.move({ date: "2024-06-30", debit: "Assets", credit: "Income" });
  await book.closed("2024-12-31");
  const inside = entryOf({ date: "2024-12-31", debit: "Assets", credit: "Income" });
  const after = { ...inside, date: "2025-01-01" };

  expect(outcome(await book.post("/journal-entries", inside))).toEqual(locked);
  const bulk = await book.post("/journal-entries/bulk", { entries: [after, after, after, inside] });
  expect(outcome(bulk)).toEqual(locked);
  expect(bulk.body.errors).toEqual([
    { pointer: "/entries/3/date", detail: "the book is closed through 2024-12-31", error_id: "PERIOD_LOCKED" },
  ]);
  expect(outcome(await book.post(`/journal-entries/${draft.id}/post`, undefined))).toEqual(locked);
  const voiding = (date: string) => book.post(`/journal-entries/${early.id}/void`, { date, reason: "Entered twice" });
  expect(outcome(await voiding("2024-12-31"))).toEqual(locked);
  expect((await book.get(`/journal-entries/${early.id}`)).body.status).toBe("posted");

  expect((await voiding("2025-01-01")).status).toBe(201);
  expect((await book.post("/journal-entries", after)).status).toBe(201);
  expect((await book.post("/journal-entries", { ...inside, status: "draft" })).status).toBe(201);
});

test("a close is after the one that stands: PERIOD_CLOSED for its day and any before it", async () => {
  const book = await createPeriodBook(app);
  await book.closed("2024-06-30");
  for (const through of ["2024-06-30", "2024-06-29"]) {
    expect(outcome(await book.close(through))).toEqual([409, "PERIOD_CLOSED"]);
  }
  expect((await book.close("2024-07-01")).status).toBe(201);
});

test("closes are listed newest first, page by page, and none of another book's", async () => {
  const [book, other] = [await createPeriodBook(app), await createPeriodBook(app)];
  const days = ["2024-01-31", "2024-02-29", "2024-03-31"];
  const closes = [];
  for (const day of days) closes.push(await book.closed(day));
  await other.closed("2024-01-31");
  expect(await book.all("/period-closes", 2)).toEqual(closes.toReversed());
  expect(outcome(await other.get(`/period-closes/${closes[0].id}`))).toEqual([404, "NOT_FOUND"]);
});

test("a dry run of a close answers with its closing entries, locks nothing and posts nothing", async () => {
  const book = await createPeriodBook(app);
  await book.move({ date: "2024-12-31", debit: "Assets", credit: "Income" });
  const body = { closed_through: "2024-12-31", retained_earnings: retained };
  const dry = made(await book.post("/period-closes?dry_run=true", body));
  expect(dry.closing_entry_ids.length).toBe(1);
  expect((await book.get(`/period-closes/${dry.id}`)).status).toBe(404);
  expect((await book.get("/journal-entries")).body.items.length).toBe(1);
});

test("a close that is repeated under its key is answered as the first time", async () => {
  const book = await createPeriodBook(app);
  const send = () => book.post("/period-closes", { closed_through: "2024-12-31" }, { "Idempotency-Key": "year" });
  const [first, again] = [await send(), await send()];
  expect([again.status, again.body]).toEqual([201, first.body]);
  expect((await book.get("/period-closes")).body.items.length).toBe(1);
});

test("an API key that writes closes a period, and is named", async () => {
  const book = await createPeriodBook(app);
  const key = made(await book.post("/api-keys", { name: "books", scopes: ["read", "write"] }));
  const path = `/api/v1/books/${book.bookId}/period-closes`;
  const close = made(await app.request(path, { token: key.key, json: { closed_through: "2024-12-31" } }));
  expect(close.closed.api_key_id).toBe(key.id);
  const reopening = { token: key.key, json: { reason: "Late" } };
  expect(outcome(await app.request(`${path}/${close.id}/reopen`, reopening))).toEqual([403, "SCOPE_INSUFFICIENT"]);
});

test("a reopened period takes entries again, the close says who reopened it, and the lock is that of the close before", async () => {
  const book = await createPeriodBook(app);
  const june = await book.closed("2024-06-30");
  const before = await book.move({ date: "2024-07-01", debit: "Assets", credit: "Income" });
  const december = await book.closed("2024-12-31");
  const { status, body } = await book.reopen(december.id);
  expect(status).toBe(200);
  expect(body).toEqual({
    ...december,
    reopened: {
      at: expect.any(String),
      by: december.closed.by,
      request_id: expect.any(String),
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      reason: "A late invoice",
      knowledge: expect.stringMatching(/^kn_/),
    },
  });
  expect((await book.get(`/period-closes/${december.id}`)).body).toEqual(body);

  const late = await book.move({ date: "2024-07-01", debit: "Assets", credit: "Income" });
  expect(await knownAt(superuser, before.id, december.id)).toEqual({ close: true, reopening: true });
  expect(await knownAt(superuser, late.id, december.id)).toEqual({ close: false, reopening: false });
  const inJune = entryOf({ date: "2024-06-30", debit: "Assets", credit: "Income" });
  expect(outcome(await book.post("/journal-entries", inJune))).toEqual(locked);

  const again = await book.closed("2024-12-31");
  expect(await knownAt(superuser, late.id, again.id)).toEqual({ close: true, reopening: null });
  expect((await book.all("/period-closes", 2)).map(({ id }) => id)).toEqual([again.id, december.id, june.id]);
});

test("closes are reopened once and from the latest backwards", async () => {
  const book = await createPeriodBook(app);
  const [june, december] = [await book.closed("2024-06-30"), await book.closed("2024-12-31")];
  expect(outcome(await book.reopen(june.id))).toEqual([409, "PERIOD_NOT_LATEST"]);
  expect((await book.reopen(december.id)).status).toBe(200);
  expect(outcome(await book.reopen(december.id))).toEqual([409, "PERIOD_REOPENED"]);
  expect((await book.reopen(june.id)).status).toBe(200);
  const missing = "0198c2f5-7c1e-7d3a-9f59-000000000000";
  expect(outcome(await book.reopen(missing))).toEqual([404, "NOT_FOUND"]);
});

test("reopening honours If-Match, and takes an owner", async () => {
  const book = await createPeriodBook(app);
  const close = await book.close("2024-12-31");
  const path = `/period-closes/${close.body.id}/reopen`;
  const stale = await book.post(path, { reason: "Late" }, { "If-Match": '"other"' });
  expect(outcome(stale)).toEqual([412, "PRECONDITION_FAILED"]);
  const editor = await app.register();
  made(await book.post("/members", { email: editor.email, role: "editor" }));
  const asEditor = { token: editor.token, json: { reason: "Late" } };
  const refused = await app.request(`/api/v1/books/${book.bookId}${path}`, asEditor);
  expect(outcome(refused)).toEqual([403, "FORBIDDEN"]);
  const tag = String(close.headers.get("etag"));
  expect((await book.post(path, { reason: "Late" }, { "If-Match": tag })).status).toBe(200);
});

test("a memo without closing entries, and an account named twice or not at all, are refused", async () => {
  const book = await createPeriodBook(app);
  const id = String(book.accountIds.get("Equity:Retained"));
  for (const [more, pointer] of [
    [{ memo: "Year's end" }, "/memo"],
    [{ retained_earnings: {} }, "/retained_earnings/account_id"],
    [{ retained_earnings: { ...retained, account_id: id } }, "/retained_earnings/account_id"],
  ] as const) {
    const { status, body } = await book.close("2024-12-31", more);
    expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
  }
});
