import { afterEach, describe, expect, test } from "bun:test";
import type { TimeRange } from "../../../../scripts/debug/model.ts";
import { SigNozClient } from "../../../../scripts/debug/signoz/client.ts";
import { createSigNozSource } from "../../../../scripts/debug/signoz/source.ts";
import { type FakeOptions, type FakeSigNoz, startFakeSigNoz } from "../support/fake-signoz.ts";
import { hexId, makeLog, makeRequest, makeSpan } from "../support/telemetry.ts";

const nowMs = Date.now();
const range: TimeRange = { sinceMs: nowMs - 3_600_000, untilMs: nowMs + 1_000 };

const started: FakeSigNoz[] = [];
afterEach(async () => {
  for (const fake of started.splice(0)) {
    expect(fake.faults).toEqual([]);
    await fake.stop();
  }
});

function start(options: FakeOptions = {}) {
  const fake = startFakeSigNoz(options);
  started.push(fake);
  const { url, apiKey } = fake;
  const client = new SigNozClient({ url: new URL(`${url}/`), apiKey, timeoutMs: 10_000, onWait: () => undefined });
  return { fake, source: createSigNozSource(client) };
}

describe("paging loses nothing", () => {
  test("not of 10,500 rows of which every thousand share a millisecond", async () => {
    const { fake, source } = start();
    const logs = Array.from({ length: 10_500 }, (_, index) =>
      makeLog({ timeNs: BigInt(nowMs - 20 + Math.floor(index / 1_000)) * 1_000_000n + BigInt(index % 7) }),
    );
    fake.feed({ logs });
    const found = await source.listLogs({}, range, 1_000_000);
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(logs.map(({ id }) => id)));
    expect(found.length).toBe(10_500);
    const times = found.map(({ timeNs }) => timeNs);
    expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
    const newest = await source.listLogs({}, range, 2_345);
    expect(newest).toEqual(found.slice(-2_345));
  }, 30_000);

  test("nor a row that a line coming in between pages shifts, and none comes twice", async () => {
    const { fake, source } = start();
    const logs = Array.from({ length: 2_500 }, (_, index) =>
      makeLog({ timeNs: BigInt(nowMs - 9_000 + index) * 1_000_000n }),
    );
    fake.feed({ logs });
    let late = 0;
    fake.intercept(() => {
      late += 1;
      fake.feed({ logs: [makeLog({ id: `late${late}`, timeNs: BigInt(nowMs) * 1_000_000n })] });
      return null;
    });
    const found = await source.listLogs({}, range, 1_000_000);
    const old = found.filter(({ id }) => !id.startsWith("late"));
    expect(old.map(({ id }) => id)).toEqual(logs.map(({ id }) => id));
    expect(late).toBeGreaterThan(2);
  });

  test("no rows are no fault, though SigNoz writes null for them", async () => {
    const { source } = start();
    expect(await source.listLogs({}, range, 100)).toEqual([]);
    expect(await source.findTrace(hexId(16), range)).toBeNull();
    expect(await source.listErrors(range).catch((error) => error.outcome)).toBe("nothing");
  });
});

describe("a trace is the same by whichever way it is had", () => {
  const traceId = hexId(16);
  const root = makeSpan({ traceId, name: "root", kind: "server", status: "error", statusMessage: "no" });
  const children = Array.from({ length: 30 }, (_, index) =>
    makeSpan({
      traceId,
      name: `child ${index}`,
      parentSpanId: root.spanId,
      startNs: root.startNs + BigInt(index) * 1_024n,
      attributes: { "db.system.name": "postgresql", rows: index, "is.last": index === 29 },
      events: [{ name: "exception", timeNs: root.startNs, attributes: { "exception.message": "it's broken" } }],
      links: [{ traceId: hexId(16), spanId: hexId(8) }],
    }),
  );
  const orphan = makeSpan({ traceId, name: "orphan", parentSpanId: hexId(8) });
  const spans = [root, ...children, orphan];

  const traceFrom = async (options: FakeOptions) => {
    const { fake, source } = start(options);
    fake.feed({ spans, logs: [makeLog({ traceId, spanId: root.spanId })] });
    const trace = await source.findTrace(traceId, range);
    return { names: fake.requests, trace };
  };
  const bySpanId = (trace: Awaited<ReturnType<typeof traceFrom>>["trace"]) =>
    new Map(trace?.spans.map((span) => [span.spanId, span]));

  test("from the spans where there is no waterfall, or where it keeps some back, with every attribute, event and link", async () => {
    for (const options of [{ lacks: ["/api/v4"] }, { waterfallMax: 5 }]) {
      const { names, trace } = await traceFrom(options);
      expect(names.filter((name) => name.includes("query_range")).length).toBeGreaterThan(1);
      expect(trace?.logs.length).toBe(1);
      const found = bySpanId(trace);
      for (const { attributes, ...span } of spans) {
        expect(found.get(span.spanId)).toMatchObject({ ...span, attributes: expect.objectContaining(attributes) });
      }
      expect(found.size).toBe(spans.length);
    }
  });

  test("and from the waterfall, but for what a number of nanoseconds loses", async () => {
    const found = bySpanId((await traceFrom({})).trace);
    for (const { attributes, startNs, events, ...span } of spans) {
      const seen = found.get(span.spanId);
      expect(seen).toMatchObject({ ...span, attributes: expect.objectContaining(attributes) });
      expect(Math.abs(Number((seen?.startNs ?? 0n) - startNs))).toBeLessThanOrEqual(256);
      expect(seen?.events.map(({ name }) => name)).toEqual(events.map(({ name }) => name));
    }
    expect(found.size).toBe(spans.length);
  });

  test("from an older SigNoz that sends few columns of its own accord the tree is whole", async () => {
    const { trace } = await traceFrom({ lacks: ["/api/v4"], sendsFewColumns: true });
    const shape = (each: readonly { spanId: string; parentSpanId: string | null; kind: string; status: string }[]) =>
      each.map(({ spanId, parentSpanId, kind, status }) => [spanId, parentSpanId, kind, status].join()).toSorted();
    expect(shape(trace?.spans ?? [])).toEqual(shape(spans));
    expect(trace?.spans.every(({ serviceName }) => serviceName === "footing")).toBe(true);
  });
});

describe("errors by id and route", () => {
  test("are counted whole, with first, last and where; routes that nobody matched apart", async () => {
    const { fake, source } = start();
    const made = Array.from({ length: 240 }, (_, index) =>
      makeRequest({ atMs: nowMs - 3_000_000 + index * 10_000, route: `/r${index % 12}`, errorId: "INTERNAL" }),
    );
    for (const request of made) fake.feed(request);
    fake.feed({
      logs: [
        makeLog({
          attributes: { error_id: "ROUTE_NOT_FOUND" },
          traceId: hexId(16),
          timeNs: BigInt(nowMs) * 1_000_000n,
        }),
      ],
    });
    const groups = await source.listErrors(range);
    expect(groups.length).toBe(13);
    expect(groups.map(({ count }) => count)).toEqual([...Array.from({ length: 12 }, () => 20), 1]);
    expect(groups.at(-1)).toMatchObject({ errorId: "ROUTE_NOT_FOUND", route: "" });
    const third = groups.find(({ route }) => route === "/r3");
    const own = made.filter((_, index) => index % 12 === 3);
    expect(third).toMatchObject({
      firstSeenMs: nowMs - 3_000_000 + 30_000 + 40,
      lastSeenMs: nowMs - 3_000_000 + 231 * 10_000 + 40,
      sampleTraceId: own.at(-1)?.traceId,
    });
    expect(third?.buckets.reduce((a, b) => a + b)).toBe(20);
    expect(await source.listErrors(range, "another")).toEqual([]);
  });
});
