import { expect, test } from "bun:test";
import fc from "fast-check";
import type { LogLine, Span } from "../../../scripts/debug/model.ts";
import { renderChart } from "../../../scripts/debug/render/chart.ts";
import { renderErrors } from "../../../scripts/debug/render/errors-table.ts";
import { renderKeyValues } from "../../../scripts/debug/render/key-values.ts";
import { renderLogLine } from "../../../scripts/debug/render/log-line.ts";
import { clip, padEnd, padStart } from "../../../scripts/debug/render/measure.ts";
import { makeSafe } from "../../../scripts/debug/render/safe-text.ts";
import type { Screen } from "../../../scripts/debug/render/screen.ts";
import { renderSlow } from "../../../scripts/debug/render/slow-table.ts";
import { renderSpans } from "../../../scripts/debug/render/spans-table.ts";
import { renderWaterfall } from "../../../scripts/debug/render/waterfall/render-waterfall.ts";
import { renderColumns } from "../../../scripts/debug/render/word-columns.ts";
import { drivesTerminal, hostileText, withoutStyles } from "./support/hostile-text.ts";
import { madeTraceId, makeLog, makeSpan } from "./support/made-trace.ts";

const screens = fc.record({ width: fc.integer({ min: 1, max: 220 }), colour: fc.boolean() });
const attributes = fc.dictionary(hostileText, fc.oneof(hostileText, fc.double(), fc.boolean()), { maxKeys: 4 });

/** The screen fits, and nothing in the lines does more than show itself. */
function expectSafe(lines: readonly string[], { width, colour }: Screen): void {
  expect(lines.filter(drivesTerminal)).toEqual([]);
  expect(lines.filter((line) => Bun.stringWidth(withoutStyles(line)) > width)).toEqual([]);
  if (!colour) expect(lines.map(withoutStyles)).toEqual([...lines]);
}

function holds<T>(values: fc.Arbitrary<T>, render: (value: T, screen: Screen) => readonly string[]): void {
  fc.assert(
    fc.property(values, screens, (value, screen) => expectSafe(render(value, screen), screen)),
    { numRuns: 150 },
  );
}

test("a text that is made safe shows all that it hides, once and for all", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const safe = makeSafe(text);
      expect(drivesTerminal(safe)).toBe(false);
      expect(makeSafe(safe)).toBe(safe);
    }),
  );
  expect(makeSafe("a\u001b[31m\n\u202eb\u{e0041}")).toBe("a\\u001b[31m\\n\\u202eb\\u{e0041}");
  expect(makeSafe("é 日本 e\u0301")).toBe("é 日本 e\u0301");
});

test("columns are counted as a terminal counts them, and no character is cut in two", () => {
  expect(clip("日本語", 5)).toBe("日本…");
  expect(clip("日本語", 6)).toBe("日本語");
  expect(clip("日本語", 4)).toBe("日…");
  expect(clip("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
  fc.assert(
    fc.property(hostileText.map(makeSafe), fc.integer({ min: 0, max: 40 }), (text, columns) => {
      expect(Bun.stringWidth(clip(text, columns))).toBeLessThanOrEqual(columns);
      expect(Bun.stringWidth(padEnd(text, columns))).toBe(columns);
      expect(Bun.stringWidth(padStart(text, columns))).toBe(columns);
    }),
  );
});

const logs: fc.Arbitrary<LogLine> = fc.record({
  id: fc.constant("1"),
  timeNs: fc.bigInt({ min: 0n, max: 2n ** 70n }),
  level: fc.oneof(fc.constantFrom("info", "warn", "error"), hostileText),
  message: hostileText,
  traceId: fc.option(hostileText),
  spanId: fc.option(hostileText),
  serviceName: hostileText,
  attributes,
});

test("a log line can neither drive the terminal, nor be wider than it, nor pass for two", () => {
  holds(logs, renderLogLine);
  const forged = makeLog(0, {
    message: "fine\n2026-11-25 07:00:00.000 ERROR forged",
    attributes: { a: 'x" b="y', "error.stack": "E\n  2026-11-25 07:00:00.000 at x" },
  });
  const lines = renderLogLine(forged, { width: Number.POSITIVE_INFINITY, colour: false });
  expect(lines.filter((line) => /^\d{4}-/.test(line))).toHaveLength(1);
  expect(lines[0]).toContain('a="x\\" b=\\"y"');
  expect(lines.slice(1).every((line) => line.startsWith("    │ "))).toBe(true);
});

test("whatever a log line says is still there when it does not fit into one row", () => {
  const long = makeLog(0, { attributes: { token: "x".repeat(300), last: "end" } });
  const text = renderLogLine(long, { width: 60, colour: false })
    .map((line) => line.replace(/^ {4}│ /, ""))
    .join("");
  expect(text).toContain("x".repeat(300));
  expect(text).toContain("last=end");
});

const spans: fc.Arbitrary<Span> = fc
  .record({
    id: fc.integer({ min: 1, max: 12 }),
    parent: fc.integer({ min: 1, max: 14 }),
    fromMs: fc.integer({ min: -50, max: 50 }),
    forMs: fc.integer({ min: -1, max: 50 }),
    name: hostileText,
    serviceName: hostileText,
    statusMessage: hostileText,
    status: fc.constantFrom("ok", "unset", "error"),
    kind: fc.constantFrom("client", "server", "internal"),
    attributes,
    links: fc.array(fc.record({ traceId: hostileText, spanId: hostileText }), { maxLength: 1 }),
    events: fc.array(fc.record({ name: hostileText, timeNs: fc.bigInt({ min: 0n, max: 2n ** 63n }), attributes }), {
      maxLength: 1,
    }),
  })
  .map(makeSpan);

const traces = fc.record({
  traceId: hostileText,
  spans: fc.array(spans, { maxLength: 14 }),
  logs: fc.array(logs, { maxLength: 3 }),
});

test("a waterfall can neither drive the terminal nor be wider than it", () => holds(traces, renderWaterfall));
test("a table of spans can neither drive the terminal nor be wider than it", () => holds(traces, renderSpans));

const counts = fc.array(fc.nat(), { maxLength: 40 });
const ms = fc.double({ min: 0, max: 1e9, noNaN: true });

test("tables of errors and of what is slow can neither drive the terminal nor be wider than it", () => {
  const groups = fc.record({
    errorId: hostileText,
    route: hostileText,
    count: fc.nat(),
    firstSeenMs: fc.double(),
    lastSeenMs: fc.double(),
    sampleTraceId: fc.option(hostileText),
    buckets: counts,
  });
  holds(fc.array(groups, { maxLength: 5 }), renderErrors);
  const slow = fc.record({
    kind: hostileText,
    name: hostileText,
    p50Ms: ms,
    p95Ms: ms,
    p99Ms: ms,
    count: fc.nat(),
    perSecond: ms,
    sampleTraceId: fc.option(hostileText),
  });
  holds(fc.array(slow, { maxLength: 5 }), renderSlow);
});

test("charts, listings and columns can neither drive the terminal nor be wider than it", () => {
  const points = fc.array(
    fc.record({ timeMs: fc.integer(), value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    { maxLength: 30 },
  );
  const series = fc.array(fc.record({ labels: fc.dictionary(hostileText, hostileText, { maxKeys: 2 }), points }), {
    maxLength: 4,
  });
  holds(fc.tuple(series, hostileText), ([each, unit], screen) => renderChart(each, { ...screen, unit }));
  holds(fc.array(fc.record({ key: hostileText, value: hostileText }), { maxLength: 5 }), renderKeyValues);
  holds(fc.array(hostileText, { maxLength: 30 }), renderColumns);
});

test("the trace of a table's row can be copied whole at 80 columns", () => {
  const group = {
    errorId: "INTERNAL",
    route: "/api/v1/books/:book_id/journal-entries",
    count: 12,
    firstSeenMs: 0,
    lastSeenMs: 1e12,
    sampleTraceId: madeTraceId,
    buckets: [0, 1, 3],
  };
  expect(renderErrors([group], { width: 80, colour: false }).join("\n")).toContain(madeTraceId);
  const slow = {
    kind: "statement",
    name: "n".repeat(90),
    p50Ms: 1,
    p95Ms: 2,
    p99Ms: 3,
    count: 4,
    perSecond: 5,
    sampleTraceId: madeTraceId,
  };
  expect(renderSlow([slow], { width: 120, colour: false }).join("\n")).toContain(madeTraceId);
});
