import { afterAll, beforeAll, expect, test } from "bun:test";
import { createRedactor } from "../../../src/foundation/logging/index.ts";
import { createNoTelemetry, createTracedFetch, holdContextManager } from "../../../src/foundation/telemetry/index.ts";
import { until } from "../../foundation/telemetry/observed-db.ts";
import { createRecorder, orphansOf, type Tree, treesOf } from "../../foundation/telemetry/recorder.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { createBookClient } from "../accounts/book-client.ts";

const recorder = createRecorder();
let t: TestApp;
let letGo: () => void;

beforeAll(async () => {
  letGo = holdContextManager();
  t = await createTestApp({ telemetry: { ...createNoTelemetry(), ...recorder, enabled: true } });
});

afterAll(async () => {
  await t.close();
  await recorder.stop();
  letGo();
});

/** Each transaction of several names the requests that share it, and each of these names it. */
function expectLinkedBothWays(): void {
  const linksOf = ({ links }: ReturnType<typeof recorder.spans>[number]) => links.map(({ context }) => context.spanId);
  const groups = recorder.spans().filter((span) => span.name === "write transaction" && !span.parentSpanContext);
  const parts = recorder.spans().filter(({ name }) => name === "grouped write");
  expect(groups.length).toBeGreaterThan(0);
  for (const group of groups) {
    const { spanId } = group.spanContext();
    const linked = parts.filter((part) => linksOf(part).includes(spanId)).map((part) => part.spanContext().spanId);
    expect(linked.length).toBeGreaterThan(1);
    expect(linksOf(group).toSorted()).toEqual(linked.toSorted());
    expect(group.attributes["db.transaction.writes"]).toBe(linked.length);
  }
  expect(groups.flatMap(linksOf).length).toBe(parts.filter((part) => part.links.length > 0).length);
}

const leaf = (name: string): Tree => ({ name, children: [] });

test("FT.TRC.1 thirty requests at once each have the server's span, and under it all of their own and nothing else", async () => {
  const elsewhere = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("there") });
  const tracedFetch = createTracedFetch({ ...recorder, redactor: createRedactor() });
  t.app.get("/outbound", async (c) => c.text(await (await tracedFetch(elsewhere.url)).text()));
  const book = await createBookClient(t);
  await book.account("Assets:Cash");
  await book.account("Income:Sales", { type: "income" });
  recorder.forget();
  const move = { date: "2026-02-03", debit: "Assets:Cash", credit: "Income:Sales" };
  const rounds = 10;
  const statuses = await Promise.all(
    Array.from({ length: rounds }, async () => [
      (await book.transfer(move)).status,
      (await book.get("/accounts")).status,
      (await t.request("/outbound")).status,
    ]),
  );
  await until("every connection is back", () => t.db.stats().idle === t.db.stats().open);
  await elsewhere.stop(true);
  expect(statuses).toEqual(Array.from({ length: rounds }, () => [201, 200, 200]));
  const opening = [leaf("BEGIN"), leaf("SELECT set_config")];
  const trees = treesOf(recorder.spans());
  const ten = (tree: Tree) => Array.from({ length: rounds }, () => tree);
  const posting = "POST /api/v1/books/:book_id/journal-entries";
  const own = {
    name: "write transaction",
    children: [...opening, leaf("SELECT ledger.record_entries"), leaf("COMMIT")],
  };
  // The first that comes is alone; what comes meanwhile shares a transaction, whose trace is of none of them.
  for (const { children } of trees.get(posting) ?? []) {
    expect([[own], [leaf("grouped write")], [leaf("grouped write"), own]]).toContainEqual([...children]);
  }
  expect(trees.get(posting)).toHaveLength(rounds);
  for (const group of trees.get("write transaction") ?? []) {
    expect(group.children.map(({ name }) => name)).toEqual([
      ...opening.map(({ name }) => name),
      expect.any(String),
      "SELECT ledger.record_entries",
      "COMMIT",
    ]);
  }
  const listing = "GET /api/v1/books/:book_id/accounts";
  expect(trees.get(listing)).toEqual(
    ten({
      name: listing,
      children: [{ name: "read transaction", children: [...opening, leaf("SELECT ledger.accounts"), leaf("COMMIT")] }],
    }),
  );
  expect(trees.get("GET /outbound")).toEqual(ten({ name: "GET /outbound", children: [leaf("GET")] }));
  expect(orphansOf(recorder.spans())).toEqual([]);
  expect([...trees.keys()].toSorted()).toEqual(["GET /outbound", listing, posting, "write transaction"].toSorted());
  expectLinkedBothWays();
});
