import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { v7 as uuidV7 } from "uuid";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";
import { withoutBalances } from "./ledger-book.ts";

let app: TestApp;
let book: BookClient;
beforeAll(async () => {
  app = await createTestApp();
  book = await createBookClient(app);
  await book.account("Assets:Bank");
  await book.account("Income:Salary", { type: "income" });
  await book.account("Assets:Asleep");
});
afterAll(() => app.close());

const lines = (amount: string, path = "Assets:Bank") => [
  { account_path: path, side: "debit", amount, commodity: "USD" },
  { account_path: "Income:Salary", side: "credit", amount, commodity: "USD" },
];
const entry = (amount = "5.00", fields: object = {}) => ({ date: "2026-01-15", lines: lines(amount), ...fields });
const draft = (amount = "5.00", fields: object = {}) => entry(amount, { status: "draft", ...fields });

async function made(json: object) {
  const answer = await book.post("/journal-entries", json);
  expect(answer.status).toBe(201);
  return answer;
}
const read = async (id: string) => (await book.get(`/journal-entries/${id}`)).body;
const outcome = ({ status, body }: { status: number; body: { error_id?: string } }) => [status, body.error_id];
const balances = async () => (await book.get("/reports/trial-balance")).body.items;

describe("a draft", () => {
  test("is kept and counts nowhere until it is posted, under the id that it has", async () => {
    const before = await balances();
    const { body } = await made(draft("7.00", { memo: "Later" }));
    expect(body).toMatchObject({ status: "draft", posted_at: null, balances: [], memo: "Later" });
    expect(await read(body.id)).toEqual(withoutBalances(body));
    expect(await balances()).toEqual(before);
    expect((await book.get("/journal-entries?status=draft&q=Later")).body.items).toHaveLength(1);

    const later = new Date(Date.now() + 60_000);
    app.clock.current = later;
    const posted = await book.post(`/journal-entries/${body.id}/post`, undefined);
    app.clock.current = null;
    expect(posted.status).toBe(200);
    expect(posted.body).toMatchObject({
      id: body.id,
      status: "posted",
      created_at: body.created_at,
      posted_at: later.toISOString(),
      balances: [{ account_path: "Assets:Bank" }, { account_path: "Income:Salary" }],
    });
    expect(await read(body.id)).toEqual(withoutBalances(posted.body));
    expect(await balances()).not.toEqual(before);
  });

  test("may be unfinished: one line, unbalanced, too precise, of an inactive account", async () => {
    const asleep = (await book.get("/accounts?path=Assets:Asleep")).body.items[0];
    await book.patch(`/accounts/${asleep.id}`, { active: false });
    const one = { date: "2026-01-15", status: "draft", lines: lines("1.2345", "Assets:Asleep").slice(0, 1) };
    const { body } = await made(one);
    const refused = await book.post(`/journal-entries/${body.id}/post`, undefined);
    expect(outcome(refused)).toEqual([422, "ENTRY_UNBALANCED"]);

    const second = await made({ ...one, lines: [...one.lines, ...lines("2").slice(1)] });
    const faults = await book.post(`/journal-entries/${second.body.id}/post`, undefined);
    expect(faults.status).toBe(422);
    expect(faults.body.errors.map((fault: { error_id: string }) => fault.error_id).toSorted()).toEqual([
      "ACCOUNT_INACTIVE",
      "AMOUNT_TOO_PRECISE",
      "ENTRY_UNBALANCED",
    ]);
    expect(await read(second.body.id)).toEqual(withoutBalances(second.body));
  });

  test("needs accounts that exist", async () => {
    const unknown = { ...draft(), lines: lines("1", "Assets:Nowhere") };
    expect(outcome(await book.post("/journal-entries", unknown))).toEqual([422, "ACCOUNT_UNKNOWN"]);
  });

  test("is changed field by field: what is absent stays, null clears, lines are replaced", async () => {
    const { body } = await made(draft("5.00", { memo: "a", payee: "b", tags: ["x"], metadata: { k: 1 } }));
    const changed = await book.patch(`/journal-entries/${body.id}`, { memo: null, tags: ["y"], lines: lines("6.00") });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ id: body.id, memo: null, payee: "b", tags: ["y"], metadata: { k: 1 } });
    expect(changed.body.lines.map((line: { amount: string }) => line.amount)).toEqual(["6.00", "6.00"]);
    expect(await read(body.id)).toEqual(withoutBalances(changed.body));
    expect(outcome(await book.patch(`/journal-entries/${body.id}`, {}))).toEqual([400, "VALIDATION_FAILED"]);
  });

  test("is deleted with its lines", async () => {
    const { body } = await made(draft());
    expect((await book.delete(`/journal-entries/${body.id}`)).status).toBe(204);
    expect((await book.get(`/journal-entries/${body.id}`)).status).toBe(404);
    expect((await book.get("/verify")).body.status).toBe("ok");
  });
});

describe("a change names the version that it changes", () => {
  const changes = {
    PATCH: (path: string, headers: Record<string, string>) => book.patch(path, { memo: "changed" }, headers),
    DELETE: (path: string, headers: Record<string, string>) => book.delete(path, headers),
  };

  test.each(Object.entries(changes))("%s without If-Match is a 428, with a stale one a 412", async (_, change) => {
    const { body, headers } = await made(draft());
    const path = `/journal-entries/${body.id}`;
    const etag = headers.get("etag") ?? "";
    expect((await book.get(path)).headers.get("etag")).toBe(etag);
    const other = await book.patch(path, { payee: "Somebody else" }, { "If-Match": etag });
    expect(other.status).toBe(200);
    for (const stale of [etag, `W/${other.headers.get("etag")}`, '"made-up", "too"']) {
      expect(outcome(await change(path, { "If-Match": stale }))).toEqual([412, "PRECONDITION_FAILED"]);
    }
    expect(outcome(await change(path, {}))).toEqual([428, "PRECONDITION_REQUIRED"]);
    expect(outcome(await change(path, { "If-Match": "unquoted" }))).toEqual([400, "VALIDATION_FAILED"]);
    expect(await read(body.id)).toEqual(withoutBalances(other.body));
    const fresh = `"other", ${other.headers.get("etag")}`;
    expect((await change(path, { "If-Match": fresh })).status).toBeLessThan(300);
  });

  test("of two changes of one version at the same time one is made", async () => {
    const { body, headers } = await made(draft());
    const etag = headers.get("etag") ?? "";
    const memos = Array.from({ length: 8 }, (_, at) => `memo ${at}`);
    const answers = await Promise.all(
      memos.map((memo) => book.patch(`/journal-entries/${body.id}`, { memo }, { "If-Match": etag })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
    const made200 = answers.find(({ status }) => status === 200);
    expect(await read(body.id)).toEqual(withoutBalances(made200?.body));
  });

  test("posting and voiding honour it where there is one", async () => {
    const { body, headers } = await made(draft());
    const path = `/journal-entries/${body.id}`;
    const stale = await book.post(`${path}/post`, undefined, { "If-Match": '"stale"' });
    expect(outcome(stale)).toEqual([412, "PRECONDITION_FAILED"]);
    const posted = await book.post(`${path}/post`, undefined, { "If-Match": headers.get("etag") ?? "" });
    expect(posted.status).toBe(200);
    const voiding = { date: "2026-01-15", reason: "Twice" };
    const late = await book.post(`${path}/void`, voiding, { "If-Match": headers.get("etag") ?? "" });
    expect(outcome(late)).toEqual([412, "PRECONDITION_FAILED"]);
    const voided = await book.post(`${path}/void`, voiding, { "If-Match": posted.headers.get("etag") ?? "" });
    expect(voided.status).toBe(201);
  });

  test("an entry's version changes with what it shows, such as the path of an account", async () => {
    const account = await book.account("Assets:To be renamed");
    const { body, headers } = await made({ ...draft(), lines: lines("1", account.path) });
    await book.patch(`/accounts/${account.id}`, { path: "Assets:Renamed" });
    const stale = { "If-Match": headers.get("etag") ?? "" };
    expect(outcome(await book.patch(`/journal-entries/${body.id}`, { memo: "x" }, stale))).toEqual([
      412,
      "PRECONDITION_FAILED",
    ]);
  });
});

describe("a posted entry", () => {
  test("is neither changed, deleted nor posted again", async () => {
    const { body } = await made(entry());
    const path = `/journal-entries/${body.id}`;
    expect(outcome(await book.patch(path, { memo: "x" }))).toEqual([409, "ENTRY_NOT_DRAFT"]);
    expect(outcome(await book.delete(path))).toEqual([409, "ENTRY_NOT_DRAFT"]);
    expect(outcome(await book.post(`${path}/post`, undefined))).toEqual([409, "ENTRY_NOT_DRAFT"]);
    expect(await read(body.id)).toEqual(withoutBalances(body));
  });

  test("records who posted it, with which key, when and in which request", async () => {
    const key = await book.post("/api-keys", { name: "import", scopes: ["read", "write"] });
    const { body, headers } = await app.request(`/api/v1/books/${book.bookId}/journal-entries`, {
      token: key.body.key,
      json: entry(),
      headers: { "X-Request-ID": "mine-7", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
    });
    expect(headers.get("x-request-id")).toBe("mine-7");
    expect(body.recorded).toEqual({
      at: body.posted_at,
      by: book.userId,
      api_key_id: key.body.id,
      request_id: "mine-7",
      trace_id: "0af7651916cd43dd8448eb211c80319c",
    });
  });

  test("answers the balances it left, in a batch those after each item", async () => {
    const other = await createBookClient(app);
    await other.account("Assets:Bank");
    await other.account("Income:Salary", { type: "income" });
    await other.post("/journal-entries", entry("1.00", { date: "2030-01-01" }));
    const entries = [
      entry("2.00"),
      entry("3.00", { date: "2020-01-01" }),
      {
        date: "2026-01-01",
        lines: [...lines("1.00"), ...lines("0.50"), ...lines("7").map((line) => ({ ...line, commodity: "JPY" }))],
      },
    ];
    const { body } = await other.post("/journal-entries/bulk", { entries });
    const left = body.items.map((item: { balances: { account_path: string; commodity: string; balance: string }[] }) =>
      item.balances.map(({ account_path, commodity, balance }) => `${account_path} ${commodity} ${balance}`),
    );
    expect(left).toEqual([
      ["Assets:Bank USD 3.00", "Income:Salary USD -3.00"],
      ["Assets:Bank USD 6.00", "Income:Salary USD -6.00"],
      ["Assets:Bank USD 7.50", "Income:Salary USD -7.50", "Assets:Bank JPY 7", "Income:Salary JPY -7"],
    ]);
  });
});

describe("voiding", () => {
  const voiding = (fields: object = {}) => ({ date: "2026-02-01", reason: "Entered twice", ...fields });

  test("posts the mirror on the day asked for, links both ways, and both together come to nothing", async () => {
    const before = await balances();
    const priced = { amount: "1.5", commodity: "EUR", source: "ECB" };
    const { body } = await made({
      ...entry("5.00", { memo: "m", payee: "p", tags: ["t"], links: ["l"], metadata: { k: 1 }, closing: true }),
      lines: lines("5.00").map((line) => ({ ...line, price: priced, memo: "line", metadata: { a: 1 } })),
    });
    const { status, body: reversal } = await book.post(`/journal-entries/${body.id}/void`, voiding());
    expect(status).toBe(201);
    const sides: Record<string, string> = { debit: "credit", credit: "debit" };
    expect(withoutBalances(reversal)).toEqual({
      ...withoutBalances(body),
      id: reversal.id,
      date: "2026-02-01",
      voids: body.id,
      void_reason: "Entered twice",
      created_at: reversal.created_at,
      posted_at: reversal.posted_at,
      recorded: reversal.recorded,
      lines: body.lines.map((line: { side: string }) => ({ ...line, side: sides[line.side] })),
    });
    expect(await read(reversal.id)).toEqual(withoutBalances(reversal));
    expect(await read(body.id)).toEqual({ ...withoutBalances(body), status: "voided", voided_by: reversal.id });
    const after = await balances();
    const sums = (items: { path: string; commodity: string; balance: string }[]) =>
      items
        .filter(({ balance }) => /[1-9]/.test(balance))
        .map(({ path, commodity, balance }) => [path, commodity, balance]);
    expect(sums(after)).toEqual(sums(before));
  });

  test("is refused for drafts, what is voided, what voids, and before the entry's own day; nothing is written", async () => {
    const { body: unposted } = await made(draft());
    const { body } = await made(entry());
    const path = `/journal-entries/${body.id}/void`;
    expect(outcome(await book.post(`/journal-entries/${unposted.id}/void`, voiding()))).toEqual([
      409,
      "ENTRY_NOT_POSTED",
    ]);
    const early = await book.post(path, voiding({ date: "2026-01-14" }));
    expect([...outcome(early), early.body.errors[0].pointer]).toEqual([422, "VOID_BEFORE_ENTRY", "/date"]);
    expect(await read(body.id)).toEqual(withoutBalances(body));
    const { body: reversal } = await book.post(path, voiding());
    expect(outcome(await book.post(path, voiding()))).toEqual([409, "ENTRY_VOIDED"]);
    const again = await book.post(`/journal-entries/${reversal.id}/void`, voiding());
    expect(outcome(again)).toEqual([409, "ENTRY_IS_REVERSAL"]);
    expect(outcome(await book.post(`/journal-entries/${uuidV7()}/void`, voiding()))).toEqual([404, "NOT_FOUND"]);
    expect(outcome(await book.post(path, { date: "2026-02-01" }))).toEqual([400, "VALIDATION_FAILED"]);
  });

  test("happens once, however many ask at the same time", async () => {
    const { body } = await made(entry());
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => book.post(`/journal-entries/${body.id}/void`, voiding())),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
    expect((await book.get("/verify")).body.status).toBe("ok");
  });

  test("a dry run answers what it would answer, and voids nothing", async () => {
    const { body } = await made(entry());
    const dry = await book.post(`/journal-entries/${body.id}/void?dry_run=true`, voiding());
    expect([dry.status, dry.body.voids]).toEqual([201, body.id]);
    expect(await read(body.id)).toEqual(withoutBalances(body));
  });
});

test("a repeat under the same key has the ETag of what it shows", async () => {
  const headers = { "Idempotency-Key": "etag-1" };
  const first = await book.post("/journal-entries", draft(), headers);
  await book.patch(`/journal-entries/${first.body.id}`, { memo: "changed" });
  const again = await book.post("/journal-entries", draft(), headers);
  expect([again.headers.get("idempotency-replayed"), again.headers.get("etag")]).toEqual([
    "true",
    first.headers.get("etag"),
  ]);
});
