import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { createLocalSource, type LocalSource } from "../../../scripts/debug/local/local-source.ts";
import type { LogFilters } from "../../../scripts/debug/model.ts";
import { DebugError } from "../../../scripts/debug/outcome.ts";
import { renderWaterfall } from "../../../scripts/debug/render/waterfall/render-waterfall.ts";
import { withScratchDirectory } from "../../support/scratch-directory.ts";
import { apiLine, hexId, otlpLine, requestLine } from "./support/log-file.ts";

const t0 = Date.UTC(2026, 10, 25, 7);
const always = { sinceMs: t0 - 86_400_000, untilMs: t0 + 86_400_000 };

/** A source of files with these lines, one file a list. */
function withFiles<T>(files: readonly (readonly string[])[], work: (source: LocalSource) => Promise<T>): Promise<T> {
  return withScratchDirectory(async (directory) => {
    const paths = files.map((_, index) => join(directory, `${index}.log`));
    await Promise.all(
      files.map((lines, index) => Bun.write(paths[index] ?? "", lines.join("\n") + (lines.length > 0 ? "\n" : ""))),
    );
    return work(createLocalSource(paths));
  });
}

const messagesOf = async (source: LocalSource, filters: LogFilters, limit = 100) =>
  (await source.listLogs(filters, always, limit)).map(({ message }) => message);

test("a trace has its spans and log lines from wherever they are, mixed in one file or in several", async () => {
  const spans = [
    otlpLine([
      { trace: 1, id: 1, fromMs: t0, forMs: 20 },
      { trace: 2, id: 9, fromMs: t0, forMs: 1 },
    ]),
    otlpLine([{ trace: 1, id: 2, parent: 1, fromMs: t0 + 5, forMs: 10 }]),
  ];
  const logs = [
    apiLine(t0 + 7, { message: "within", trace_id: hexId(1, 16), span_id: hexId(2, 8) }),
    requestLine(2, t0),
  ];
  const of = (source: LocalSource) => source.findTrace(hexId(1, 16).toUpperCase(), always);
  const apart = await withFiles([spans, logs], of);
  const mixed = await withFiles([[spans[0] ?? "", ...logs, spans[1] ?? ""]], of);
  expect(mixed?.spans).toEqual(apart?.spans ?? []);
  expect(
    apart?.spans.map(({ spanId, parentSpanId, durationNs, serviceName }) => [
      spanId,
      parentSpanId,
      durationNs,
      serviceName,
    ]),
  ).toEqual([
    [hexId(1, 8), null, 20_000_000n, "footing"],
    [hexId(2, 8), hexId(1, 8), 10_000_000n, "footing"],
  ]);
  expect(apart?.logs.map(({ message }) => message)).toEqual(["within"]);
  expect(await withFiles([spans, logs], (source) => source.findTrace(hexId(77, 16), always))).toBeNull();
});

test("without spans, a request's line is drawn as its server span, and the waterfall says so", () =>
  withFiles(
    [
      [
        apiLine(t0 + 5, { level: "warn", message: "slow", trace_id: hexId(3, 16), span_id: hexId(3, 8) }),
        requestLine(3, t0 + 20, {
          level: "error",
          "http.response.status_code": 500,
          error_id: "INTERNAL",
          error: { type: "TypeError", cause: { sqlstate: "57014" } },
        }),
      ],
    ],
    async (source) => {
      const trace = await source.findTrace(hexId(3, 16), always);
      expect(trace?.spans.map(({ name, status, durationNs, startNs }) => [name, status, durationNs, startNs])).toEqual([
        ["GET /api/v1/books/:book_id", "error", 12_500_000n, BigInt(t0) * 1_000_000n + 7_500_000n],
      ]);
      expect(trace?.logs[1]?.attributes["error.cause.sqlstate"]).toBe("57014");
      const drawn = renderWaterfall(trace ?? { traceId: "", spans: [], logs: [] }, { width: 120, colour: false }).join(
        "\n",
      );
      expect(drawn).toContain("these are made of request lines");
      expect(drawn).toContain("✗ GET /api/v1/books/:book_id");
      expect(drawn).toContain("error.cause.sqlstate=57014");
    },
  ));

test("a request is found by its id, in any of the files", () =>
  withFiles(
    [[requestLine(1, t0)], [requestLine(2, t0), apiLine(t0, { request_id: 'odd "id"', trace_id: hexId(5, 16) })]],
    async (source) => {
      expect(await source.findTraceIdOfRequest("req-2", always)).toBe(hexId(2, 16));
      expect(await source.findTraceIdOfRequest('odd "id"', always)).toBe(hexId(5, 16));
      expect(await source.findTraceIdOfRequest("req", always)).toBeNull();
      expect(await source.findTraceIdOfRequest("req-2", { sinceMs: t0 + 1, untilMs: t0 + 2 })).toBeNull();
    },
  ));

test("every filter picks what it names", () =>
  withFiles(
    [
      [
        apiLine(t0, { message: "one", level: "debug", "http.route": "/a", "user.id": "u1" }),
        apiLine(t0 + 1, {
          message: "Two",
          level: "warn",
          "http.route": "/b",
          request_id: "r2",
          "service.name": "other",
        }),
        apiLine(t0 + 2, {
          message: "three",
          level: "fatal",
          error_id: "INTERNAL",
          trace_id: hexId(3, 16),
          "deployment.environment.name": "test",
        }),
      ],
    ],
    async (source) => {
      expect(await messagesOf(source, {})).toEqual(["one", "Two", "three"]);
      expect(await messagesOf(source, { level: "WARN" })).toEqual(["Two", "three"]);
      expect(await messagesOf(source, { service: "other" })).toEqual(["Two"]);
      expect(await messagesOf(source, { service: "footing" })).toEqual(["one", "three"]);
      expect(await messagesOf(source, { route: "/a" })).toEqual(["one"]);
      expect(await messagesOf(source, { user: "u1" })).toEqual(["one"]);
      expect(await messagesOf(source, { requestId: "r2" })).toEqual(["Two"]);
      expect(await messagesOf(source, { errorId: "INTERNAL", level: "error" })).toEqual(["three"]);
      expect(await messagesOf(source, { traceId: hexId(3, 16) })).toEqual(["three"]);
      expect(await messagesOf(source, { search: "tWo" })).toEqual(["Two"]);
      expect(await messagesOf(source, { environment: "test" })).toEqual(["three"]);
      expect(await messagesOf(source, { environment: "live" })).toEqual([]);
      const range = { sinceMs: t0 + 1, untilMs: t0 + 2 };
      expect((await source.listLogs({}, range, 9)).map(({ message }) => message)).toEqual(["Two"]);
    },
  ));

test("what files cannot answer is refused in words, not answered wrongly", () =>
  withFiles([[requestLine(1, t0)]], async (source) => {
    const refused = (filters: LogFilters) => source.listLogs(filters, always, 1).catch((error: unknown) => error);
    for (const filters of [{ where: "a = 1" }, { level: "loud" }]) {
      const error = await refused(filters);
      expect(error).toBeInstanceOf(DebugError);
      expect(error).toHaveProperty("outcome", "usage");
    }
    await source.listLogs({ environment: "live" }, always, 1);
    expect(source.notes()).toEqual(["no line here says its environment"]);
    const missing = createLocalSource(["/nowhere/api.log"]);
    expect(missing.findTrace(hexId(1, 16), always)).rejects.toThrow("cannot read /nowhere/api.log");
  }));

test("of many lines the newest are kept, whatever their order in the files", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(1_000), { maxLength: 60 }),
      fc.integer({ min: 0, max: 20 }),
      async (times, limit) => {
        const lines = times.map((ms, index) => apiLine(t0 + ms, { message: `${ms} ${index}` }));
        const half = Math.floor(lines.length / 2);
        await withFiles([lines.slice(0, half), lines.slice(half)], async (source) => {
          const expected = lines
            .map((_, index) => ({ ms: times[index] ?? 0, index }))
            .toSorted((a, b) => a.ms - b.ms || a.index - b.index)
            .slice(limit === 0 ? lines.length : -limit)
            .map(({ ms, index }) => `${ms} ${index}`);
          expect(await messagesOf(source, {}, limit)).toEqual(expected);
        });
      },
    ),
    { numRuns: 40 },
  ));

test("errors are counted by id and route, with their ends, a sample and when they came", () =>
  withFiles(
    [
      [
        requestLine(1, t0 + 1_000, { error_id: "A" }),
        requestLine(2, t0 + 23_500, { error_id: "A" }),
        requestLine(3, t0 + 2_000, { error_id: "A", "http.route": undefined }),
        requestLine(4, t0 + 3_000),
        requestLine(5, t0 + 90_000, { error_id: "A" }),
      ],
    ],
    async (source) => {
      const groups = await source.listErrors({ sinceMs: t0, untilMs: t0 + 24_000 });
      expect(groups.map(({ errorId, route, count }) => [errorId, route, count])).toEqual([
        ["A", "/api/v1/books/:book_id", 2],
        ["A", "", 1],
      ]);
      const [first] = groups;
      expect([first?.firstSeenMs, first?.lastSeenMs]).toEqual([t0 + 1_000, t0 + 23_500]);
      expect(first?.sampleTraceId).toBe(hexId(2, 16));
      expect(first?.buckets.flatMap((count, index) => (count > 0 ? [index] : []))).toEqual([1, 23]);
      expect(await source.listErrors(always, "other")).toEqual([]);
    },
  ));
