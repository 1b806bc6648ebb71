import { afterAll, beforeAll, expect, test } from "bun:test";
import { createNoTelemetry } from "../../../src/foundation/telemetry/index.ts";
import { createRecorder } from "../../foundation/telemetry/recorder.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";

const recorder = createRecorder();
let t: TestApp;
let book: BookClient;

beforeAll(async () => {
  t = await createTestApp({ telemetry: { ...createNoTelemetry(), meter: recorder.meter } });
  book = await createBookClient(t);
  await book.account("Assets:Cash");
  await book.account("Income:Sales", { type: "income" });
});

afterAll(async () => {
  await t.close();
  await recorder.stop();
});

const entry = (amount = "1.00", credit = amount) => ({
  date: "2026-01-05",
  lines: [
    { account_path: "Assets:Cash", side: "debit", amount, commodity: "USD" },
    { account_path: "Income:Sales", side: "credit", amount: credit, commodity: "USD" },
  ],
});
const counted = async () => ({
  posted: await recorder.count("ledger.entries.posted"),
  voided: await recorder.count("ledger.entries.voided"),
  unbalanced: await recorder.count("ledger.entries.rejected", { "error.type": "ENTRY_UNBALANCED" }),
  rejected: await recorder.count("ledger.entries.rejected"),
});

test("entries count as posted and voided once they are committed, and refused writes by their error, to the last one", async () => {
  const post = (json: unknown, headers = {}, query = "") => book.post(`/journal-entries${query}`, json, headers);
  const first = await post(entry(), { "Idempotency-Key": "k-1" });
  expect(first.status).toBe(201);
  expect((await post(entry(), { "Idempotency-Key": "k-1" })).headers.get("Idempotency-Replayed")).toBe("true");
  expect(await counted()).toEqual({ posted: 1, voided: 0, unbalanced: 0, rejected: 0 });

  expect((await post(entry(), {}, "?dry_run=true")).status).toBe(201);
  expect((await post({ ...entry(), status: "draft" })).status).toBe(201);
  expect(await counted()).toEqual({ posted: 1, voided: 0, unbalanced: 0, rejected: 0 });

  expect((await book.post("/journal-entries/bulk", { entries: [entry(), entry("2.00")] })).status).toBe(201);
  expect(await counted()).toEqual({ posted: 3, voided: 0, unbalanced: 0, rejected: 0 });

  const voiding = { date: "2026-01-06", reason: "wrong" };
  expect((await book.post(`/journal-entries/${first.body.id}/void`, voiding)).status).toBe(201);
  expect(await counted()).toEqual({ posted: 4, voided: 1, unbalanced: 0, rejected: 0 });

  expect((await post(entry("1.00", "2.00"))).status).toBe(422);
  expect((await book.post("/journal-entries/bulk", { entries: [entry(), entry("1.00", "3.00")] })).status).toBe(422);
  expect((await post({ unknown: true })).status).toBe(400);
  expect((await book.post(`/journal-entries/${first.body.id}/void`, voiding)).body.error_id).toBe("ENTRY_VOIDED");
  expect((await book.get("/journal-entries?limit=x")).status).toBe(400);
  expect(await counted()).toEqual({ posted: 4, voided: 1, unbalanced: 2, rejected: 4 });
});

test("every line of a request tells how many statements it sent, and how long it had any under way", async () => {
  t.logLines.length = 0;
  expect((await book.post("/journal-entries", entry())).status).toBe(201);
  expect((await book.get("/accounts")).status).toBe(200);
  expect((await t.request("/errors")).status).toBe(200);
  const lines = t.logLines.map((line) => JSON.parse(line)).filter(({ message }) => message === "request");
  // BEGIN, the settings, what posts, COMMIT; and BEGIN, the settings, what reads, COMMIT.
  expect(lines.map((line) => line["db.query.count"])).toEqual([4, 4, undefined]);
  for (const line of lines.slice(0, 2)) expect(line["db.duration_ms"]).toBeNumber();
  expect(lines[2]).not.toContainKey("db.duration_ms");
});
