import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { bookExportSchema } from "../../../src/modules/export/schemas.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { superuserUrl } from "../../support/database.ts";
import { createLedgerBook, type LedgerBook } from "../journal/ledger-book.ts";

let t: TestApp;
let book: LedgerBook;
const longText = "x".repeat(900);
const entry = (date: string, memo: string) => ({
  date,
  memo,
  tags: [],
  lines: [
    { account_path: "Assets:Bank", side: "debit" as const, amount: "12.50", commodity: "USD" },
    { account_path: "Income", side: "credit" as const, amount: "12.50", commodity: "USD" },
  ],
});

beforeAll(async () => {
  t = await createTestApp({
    env: { DB_POOL_SIZE: "6", DB_MAX_OVERFLOW: "0", DB_POOL_TIMEOUT_MS: "500" },
  });
  book = await createLedgerBook(t);
  // More than two pages of entries, and of more text than one chunk.
  await book.postAll(
    Array.from({ length: 450 }, (_, index) =>
      entry(`2024-01-${String(1 + (index % 28)).padStart(2, "0")}`, `${index} ${longText}`),
    ),
    true,
  );
});
afterAll(async () => {
  await t.close();
});

const fetchExport = (format: string, init: RequestInit = {}, token = book.token) =>
  t.app.request(`/api/v1/books/${book.bookId}/export?format=${format}`, {
    headers: { Authorization: `Bearer ${token}` },
    ...init,
  });

async function expectIdlePool(): Promise<void> {
  while (t.db.stats().idle < t.db.stats().open) await Bun.sleep(5);
  const answers = await Promise.all([book.get("/accounts"), book.get("/accounts"), book.get("/accounts")]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
}

describe("GET /books/{book_id}/export", () => {
  test("json has every record as a GET of it answers, entries in the order in which they were posted, drafts last", async () => {
    const posted = (await book.post("/journal-entries", entry("2023-01-01", "posted last, dated first"))).body;
    const draft = (await book.post("/journal-entries", { ...entry("2022-01-01", "draft"), status: "draft" })).body;
    const reversal = (
      await book.post(`/journal-entries/${posted.id}/void`, { date: "2024-02-01", reason: "entered twice" })
    ).body;
    const response = await fetchExport("json");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="footing-${book.bookId}.json"`);
    const document = bookExportSchema.parse(await response.json());
    expect(document.accounts).toEqual(await book.all("/accounts", 200));
    expect(document.commodities).toEqual(await book.all("/commodities?iso4217=false", 200));
    const { entries } = document;
    expect(entries.map(({ memo }) => memo?.split(" ")[0])).toEqual([
      ...Array.from({ length: 450 }, (_, index) => String(index)),
      "posted",
      "posted",
      "draft",
    ]);
    expect(entries.slice(-3).map(({ id }) => id)).toEqual([posted.id, reversal.id, draft.id]);
    for (const exported of entries.slice(-3)) {
      expect(exported).toEqual((await book.get(`/journal-entries/${exported.id}`)).body);
    }
    const listed = await book.all("/journal-entries", 200);
    expect(entries.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      listed.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
    await expectIdlePool();
  });

  test("json has a record a line, each of them JSON by itself", async () => {
    const lines = (await (await fetchExport("json")).text()).trimEnd().split("\n");
    const records = lines.filter((line) => line.startsWith('{"id"') || line.startsWith('{"code"'));
    for (const record of records) expect(() => JSON.parse(record.replace(/,$/, ""))).not.toThrow();
    expect(records.length).toBeGreaterThan(450);
    expect(lines.at(-1)).toBe("}");
  });

  test("beancount has entries by date, without drafts, and says so", async () => {
    const response = await fetchExport("beancount");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(response.headers.get("content-disposition")).toEndWith('.beancount"');
    const text = await response.text();
    const dates = [...text.matchAll(/^(\S+) \* /gm)].map(([, date]) => date ?? "");
    expect(dates).toHaveLength(452);
    expect(dates).toEqual(dates.toSorted());
    expect(text).not.toContain('* "draft"');
    expect(text).toMatch(/^; Left out: drafts/m);
  });

  test("is of one moment: what is posted while it is read is not in it", async () => {
    const response = await fetchExport("json");
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const first = await reader.read();
    const later = (await book.post("/journal-entries", entry("2024-03-01", "while it was read"))).body;
    const chunks = [first.value ?? new Uint8Array()];
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    const document = JSON.parse(Buffer.concat(chunks).toString());
    expect(document.entries.map(({ id }: { id: string }) => id)).not.toContain(later.id);
    expect(document.entries.length).toBeGreaterThan(450);
  });

  test("a format that there is none of, a foreign book and a missing one are ordinary problems", async () => {
    expect((await book.get("/export")).body.error_id).toBe("VALIDATION_FAILED");
    expect((await book.get("/export?format=xml")).body.error_id).toBe("VALIDATION_FAILED");
    const stranger = await t.register();
    const foreign = await fetchExport("json", {}, stranger.token);
    expect([foreign.status, ((await foreign.json()) as { error_id: string }).error_id]).toEqual([404, "NOT_FOUND"]);
    expect(foreign.headers.get("content-disposition")).toBeNull();
  });

  test("where as many are read as may be it is an ordinary 503", async () => {
    const unread = await Promise.all([fetchExport("json"), fetchExport("json")]);
    const refused = await fetchExport("json");
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining("STREAMS_BUSY")]);
    for (const response of unread) await response.body?.cancel();
    await expectIdlePool();
  });

  test("a connection that is lost midway cuts the body off, and is logged with the request's ids", async () => {
    const headers = { Authorization: `Bearer ${book.token}`, "X-Request-ID": "cut-1" };
    const response = await fetchExport("json", { headers });
    expect(response.status).toBe(200);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const admin = postgres(await superuserUrl(t.database.name), { max: 1 });
    await admin`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'footing-test' and state <> 'idle'`;
    await admin.end();
    const readOn = async () => {
      while (!(await reader.read()).done);
      return "whole";
    };
    expect(await readOn().catch(() => "cut off")).toBe("cut off");
    const line = t.logLines.find((text) => text.includes("the answer was cut off")) ?? "{}";
    expect(JSON.parse(line)).toMatchObject({ request_id: "cut-1", level: "error" });
    await expectIdlePool();
  });

  test("HEAD has the header fields and keeps no connection", async () => {
    const response = await fetchExport("json", { method: "HEAD", headers: { Authorization: `Bearer ${book.token}` } });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(response.headers.get("content-disposition")).toStartWith("attachment");
    await expectIdlePool();
  });

  test("a reader who goes away keeps no connection", async () => {
    const responses = await Promise.all([fetchExport("json"), fetchExport("beancount")]);
    for (const response of responses) await response.body?.cancel();
    await expectIdlePool();
  });
});
