import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  createTraceContext,
  formatTraceparent,
  parseTraceparent,
  parseTracestate,
} from "../../../src/foundation/telemetry/index.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

test("a valid traceparent is continued: same trace, its span as parent, its sampling", () => {
  const trace = createTraceContext(`00-${traceId}-${spanId}-01`);
  expect(trace).toMatchObject({ traceId, parentSpanId: spanId, sampled: true });
  expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(trace.spanId).not.toBe(spanId);
  expect(createTraceContext(`00-${traceId}-${spanId}-00`).sampled).toBe(false);
  expect(createTraceContext(`00-${traceId}-${spanId}-03`).sampled).toBe(true);
});

test("a malformed traceparent starts a new trace", () => {
  const malformed = [
    "",
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-01-`,
    `00-${traceId}-${spanId}-01-extra`,
    `00-${traceId}-${spanId}-1`,
    `ff-${traceId}-${spanId}-01`,
    `0-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-0g`,
    `00_${traceId}_${spanId}_01`,
    `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`,
    ` 00-${traceId}-${spanId}-01`,
    `cc-${traceId}-${spanId}-01x`,
    `cc-${traceId}-${spanId}-01-${"x".repeat(512)}`,
  ];
  for (const header of malformed) {
    expect([header, parseTraceparent(header)]).toEqual([header, null]);
    const trace = createTraceContext(header);
    expect(trace.parentSpanId).toBeNull();
    expect(trace.traceId).not.toBe(traceId);
  }
});

test("a higher version is read by its first four fields, whatever follows them", () => {
  for (const header of [
    `cc-${traceId}-${spanId}-01`,
    `cc-${traceId}-${spanId}-01-what-the-future-brings`,
    `01-${traceId}-${spanId}-01-`,
  ]) {
    expect(parseTraceparent(header)).toEqual({ traceId, parentSpanId: spanId, sampled: true });
  }
});

test("what is formatted is read back the same, and no text makes reading throw", () => {
  const hex = (length: number) =>
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
  fc.assert(
    fc.property(hex(31), hex(15), fc.boolean(), (trace, span, sampled) => {
      const made = { traceId: `1${trace}`, spanId: `${span}2`, sampled };
      expect(parseTraceparent(formatTraceparent(made))).toEqual({
        traceId: made.traceId,
        parentSpanId: made.spanId,
        sampled,
      });
    }),
  );
  fc.assert(
    fc.property(fc.string(), fc.string(), (traceparent, tracestate) => {
      expect(createTraceContext(traceparent, tracestate).traceId).toMatch(/^[0-9a-f]{32}$/);
    }),
  );
});

test("new traces and spans do not repeat", () => {
  const made = Array.from({ length: 1_000 }, () => createTraceContext(null));
  expect(new Set(made.map((trace) => trace.traceId)).size).toBe(1_000);
  expect(new Set(made.map((trace) => trace.spanId)).size).toBe(1_000);
});

test("tracestate is kept as it came where it is valid, and only beside a valid traceparent", () => {
  const state = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE";
  expect(createTraceContext(`00-${traceId}-${spanId}-01`, state).traceState).toBe(state);
  expect(createTraceContext(null, state).traceState).toBeNull();
  for (const valid of ["a=1", "fw529a3039@dt=FfAc", "a=1, ,b=2", "z*/_-1= x"])
    expect(parseTracestate(valid)).toBe(valid);
  const members = (count: number) => Array.from({ length: count }, (_, n) => `k${n}=v`).join(",");
  expect(parseTracestate(members(32))).toBe(members(32));
  for (const bad of [
    "",
    ",",
    "a",
    "A=1",
    "a=",
    "a=1,a=2",
    "a=b=c",
    "a=é",
    members(33),
    `a=${"x".repeat(256)},b=${"x".repeat(254)}`,
  ]) {
    expect([bad, parseTracestate(bad)]).toEqual([bad, null]);
  }
});
