import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { isWithinTolerance } from "../../../scripts/beancount/client/check-assertions.ts";
import { planImport } from "../../../scripts/beancount/plan/plan-import.ts";
import { loadBook } from "../../../scripts/beancount/syntax/load-book.ts";
import { cutBatches } from "../../../scripts/client/batches.ts";
import { accountRequestSchema } from "../../../src/modules/accounts/schemas.ts";
import { commodityRequestSchema } from "../../../src/modules/commodities/schemas.ts";
import { bulkEntriesRequestSchema } from "../../../src/modules/journal/schemas.ts";
import { bulkPricesRequestSchema } from "../../../src/modules/prices/schemas.ts";
import { ruleFaultsOf } from "./support/api-rules.ts";
import { FIXTURE, FIXTURE_ABSENT } from "./support/fixture.ts";
import { ReplayLedger } from "./support/replay-ledger.ts";

const title = "the plan of a real book";

describe.skipIf(FIXTURE_ABSENT !== null)(FIXTURE_ABSENT ? `${title} (skipped: ${FIXTURE_ABSENT})` : title, async () => {
  if (FIXTURE_ABSENT !== null) return;
  const plan = planImport(await loadBook(FIXTURE));
  const text = readFileSync(FIXTURE, "utf8");
  const countOf = (pattern: RegExp): number => [...text.matchAll(pattern)].length;
  const ledger = new ReplayLedger();
  for (const { body } of plan.entries) ledger.post(body);

  test("has no faults and every directive of the file: 1,044 transactions, 82 assertions", () => {
    expect(plan.faults).toEqual([]);
    expect(plan.counts).toEqual({ transactions: 1044, paddings: 0, roundingLines: 183, fractionLines: 0 });
    expect(countOf(/^\d{4}-\d\d-\d\d \* "/gm)).toBe(plan.entries.length);
    expect(countOf(/^\d{4}-\d\d-\d\d balance /gm)).toBe(plan.assertions.length);
    expect(plan.assertions).toHaveLength(82);
    expect(countOf(/^\d{4}-\d\d-\d\d price /gm)).toBe(plan.prices.length);
    expect(countOf(/^\d{4}-\d\d-\d\d open /gm) + 1).toBe(plan.accounts.length);
    expect(plan.unimported.filter(({ kind }) => kind === "event")).toHaveLength(countOf(/^\d{4}-\d\d-\d\d event /gm));
  });

  test("fits the API's schemas and its rules of double entry", () => {
    for (const { body } of plan.accounts) accountRequestSchema.parse(body);
    for (const { body } of plan.commodities) commodityRequestSchema.parse(body);
    for (const batch of cutBatches(plan.prices))
      bulkPricesRequestSchema.parse({ prices: batch.map(({ body }) => body) });
    for (const batch of cutBatches(plan.entries))
      bulkEntriesRequestSchema.parse({ entries: batch.map(({ body }) => body) });
    expect(plan.entries.flatMap(({ body }) => ruleFaultsOf(body, plan))).toEqual([]);
  });

  test("replayed, keeps all 82 assertions", () => {
    const failed = plan.assertions.filter((assertion) => {
      const balance = ledger.balances(assertion.path, assertion.date).get(assertion.commodity);
      return !isWithinTolerance(balance?.toFixed() ?? "0", assertion);
    });
    expect(failed).toEqual([]);
  });

  test("replayed one entry short, breaks assertions: they can fail", () => {
    const short = new ReplayLedger();
    for (const { body } of plan.entries.slice(1)) short.post(body);
    const broken = plan.assertions.filter((assertion) => {
      const balance = short.balances(assertion.path, assertion.date).get(assertion.commodity);
      return !isWithinTolerance(balance?.toFixed() ?? "0", assertion);
    });
    expect(broken.length).toBeGreaterThan(0);
  });

  test("replayed, has weights that sum to zero in every commodity", () => {
    const totals = [...ledger.totals()];
    expect(totals.map(([commodity]) => commodity).sort()).toEqual(["IRAUSD", "USD", "VACHR"]);
    for (const [, { debit, credit }] of totals) expect(debit.toFixed()).toBe(credit.toFixed());
  });
});
