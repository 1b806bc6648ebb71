import { describe, expect, test } from "bun:test";
import { CONTRACT_ABSENT, findContract } from "./contract.ts";
import { operations } from "./fake-signoz.ts";

const title = "the published contract";

describe.skipIf(CONTRACT_ABSENT !== null)(CONTRACT_ABSENT ? `${title} (skipped: ${CONTRACT_ABSENT})` : title, () => {
  const contract = findContract();
  const path = "/api/v5/query_range";
  const faultsOf = (body: unknown) =>
    contract?.faultsOfRequest({ method: "POST", path }, { query: new URLSearchParams(), body });
  const query = (spec: object, more = {}) => ({
    schemaVersion: "v1",
    start: 1,
    end: 2,
    requestType: "raw",
    compositeQuery: { queries: [{ type: "builder_query", spec: { name: "A", signal: "logs", ...spec } }] },
    ...more,
  });

  test("has every route of the fake, under the name that the fake has it by", () => {
    const samples = {
      QueryRangeV5: path,
      GetWaterfallV4: "/api/v4/traces/0af7651916cd43dd8448eb211c80319c/waterfall",
      GetFieldsKeys: "/api/v1/fields/keys",
      GetFieldsValues: "/api/v1/fields/values",
      GetMetricMetadata: "/api/v2/metrics/metadata",
      ListMetrics: "/api/v2/metrics",
    };
    for (const { id, method, path: pattern } of operations) {
      const sample = samples[id as keyof typeof samples];
      expect({ id, isServed: pattern.test(sample) }).toEqual({ id, isServed: true });
      expect(contract?.operationIdOf({ method, path: sample })).toBe(id);
    }
  });

  test("is held against requests: members that it does not name, and values that it does not allow", () => {
    expect(faultsOf(query({ limit: 5, filter: { expression: "a = 1" } }))).toEqual([]);
    const wrong = [
      query({ limits: 5 }),
      query({ limit: "5" }),
      query({ signal: "sounds" }),
      query({ order: [{ key: { name: "a" }, direction: "up" }] }),
      query({ groupBy: [{}] }),
      query({}, { requestType: "cooked" }),
      query({}, { start: -1 }),
      query({}, { limit: 1 }),
      { compositeQuery: { queries: [{ type: "builder_query", spec: {} }] } },
      { compositeQuery: { queries: [{ type: "sql", spec: {} }] } },
      null,
    ];
    for (const body of wrong) expect({ body, faults: faultsOf(body)?.length }).toEqual({ body, faults: 1 });
    const unknown = { query: new URLSearchParams({ search: "x" }), body: undefined };
    expect(contract?.faultsOfRequest({ method: "GET", path: "/api/v1/fields/keys" }, unknown)).toEqual([
      "there is no parameter search",
    ]);
  });

  test("is held against answers too", () => {
    const exchange = { method: "GET", path: "/api/v1/fields/keys" };
    const faults = (body: unknown) => contract?.faultsOfAnswer(exchange, { status: 200, body });
    expect(faults({ status: "success", data: { keys: {}, complete: true } })).toEqual([]);
    expect(faults({ status: "success", data: { keys: {} } })).toEqual(["body.data.complete is missing"]);
    expect(faults({ status: "success", data: { keys: {}, complete: true, more: 1 } })).toEqual([
      "body.data.more is not in the contract",
    ]);
    expect(contract?.faultsOfResult({ queryName: "A", rows: [{ data: {}, time: "" }] }, "RawData")).toEqual([
      "body.rows[0].time is not in the contract",
    ]);
  });
});
