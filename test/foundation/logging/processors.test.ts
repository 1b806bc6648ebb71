import { expect, test } from "bun:test";
import {
  type ActiveTrace,
  createLogger,
  createProcessors,
  type LogProcessor,
  type LogRecord,
  withLogContext,
} from "../../../src/foundation/logging/index.ts";
import { captureLines, timeMs } from "./support/capture-lines.ts";

const trace = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

/** What each processor of the list changed, one after the other. */
function watch(): { steps: Partial<LogRecord>[]; write: () => void } {
  const steps: Partial<LogRecord>[] = [];
  const list = createProcessors({ activeTrace: () => trace, nowMs: () => timeMs });
  const processors: LogProcessor[] = list.map((step) => (draft) => {
    step(draft);
    const { bound, trace: ids, severityNumber, values, timeMs: ms } = draft;
    steps.push(structuredClone({ bound: bound.fields, ids, severityNumber, values: [...values], ms }) as never);
  });
  const logger = createLogger({ level: "info", sinks: [], processors });
  return { steps, write: () => logger.error("m", { error: new Error("x"), at: 5n, password: "hunter2" }) };
}

test("AC12.10.1 the processors are a list: context, trace, level, errors, values, redaction, timestamp, in that order", () => {
  const { steps, write } = watch();
  withLogContext({ request_id: "r-1" }, write);
  expect(steps).toHaveLength(7);
  const [context, traced, level, errors, values, redaction, timestamp] = steps;
  expect(context).toMatchObject({ bound: { request_id: "r-1" }, ids: null, severityNumber: 9 });
  expect(traced).toMatchObject({ ids: trace, severityNumber: 9 });
  expect(level).toMatchObject({ severityNumber: 17, values: [expect.any(Error), 5n, "hunter2"] });
  expect(errors).toMatchObject({ values: [{ type: "Error", message: "x" }, 5n, "hunter2"] });
  expect(values).toMatchObject({ values: [{ type: "Error" }, "5", "hunter2"] });
  expect(redaction).toMatchObject({ values: [{ type: "Error" }, "5", "[redacted]"], ms: 0 });
  expect(timestamp).toMatchObject({ ms: timeMs });
});

test("AC12.10.1 a list of one's own takes its place", () => {
  const processors: LogProcessor[] = [
    ...createProcessors({ nowMs: () => timeMs }),
    (draft) => {
      draft.message = draft.message.toUpperCase();
    },
  ];
  const { logger, last } = captureLines({ processors });
  logger.info("loud", { n: 1n });
  expect(last()).toMatchObject({ message: "LOUD", n: "1" });
});

test("AC12.11.1 inside a valid span every line has its trace_id of 32 and its span_id of 16 hexadecimal digits", () => {
  const { logger, last, lines } = captureLines({ activeTrace: () => trace });
  logger.info("m", { trace_id: "forged", span_id: "forged" });
  expect(last()).toMatchObject({ trace_id: trace.traceId, span_id: trace.spanId });
  logger.child({ trace_id: "bound" }).warn("m");
  expect(last()).toMatchObject({ trace_id: trace.traceId, span_id: trace.spanId });
  for (const line of lines) expect(line.match(/"trace_id"/g)).toHaveLength(1);
});

test("AC12.11.1 the active span comes before the request's own ids, and those stand where no span is active", () => {
  const request = { traceId: "1".repeat(32), spanId: "2".repeat(16) };
  let active: typeof trace | null = trace;
  const { logger, last } = captureLines({ activeTrace: () => active });
  withLogContext({}, () => logger.info("m"), request);
  expect(last()).toMatchObject({ trace_id: trace.traceId, span_id: trace.spanId });
  active = null;
  withLogContext({}, () => logger.info("m"), request);
  expect(last()).toMatchObject({ trace_id: request.traceId, span_id: request.spanId });
});

test("AC12.11.2 with an invalid span context a line has neither id", () => {
  const invalid: readonly (ReturnType<ActiveTrace> | Record<string, unknown>)[] = [
    { traceId: "0".repeat(32), spanId: trace.spanId },
    { traceId: trace.traceId, spanId: "0".repeat(16) },
    { traceId: "abc", spanId: trace.spanId },
    { traceId: trace.traceId.toUpperCase(), spanId: trace.spanId },
    { traceId: "", spanId: "" },
  ];
  for (const given of invalid) {
    const { logger, last } = captureLines({ activeTrace: (() => given) as ActiveTrace });
    logger.info("m");
    expect(last()).toEqual({ timestamp: "2026-02-03T04:05:06.789Z", level: "info", message: "m" });
  }
});

test("AC12.11.3 without OpenTelemetry a line has neither id, and that is no error", () => {
  for (const options of [{}, { activeTrace: undefined }, { activeTrace: () => null }]) {
    const { logger, last } = captureLines(options);
    logger.error("m");
    expect(last()).toEqual({ timestamp: "2026-02-03T04:05:06.789Z", level: "error", message: "m" });
  }
});

test("what was logged is never changed, and a sink gets plain fields: bound, trace and own together", () => {
  const records: LogRecord[] = [];
  const sink = { write: (record: LogRecord) => records.push(record) };
  const logger = createLogger({ level: "info", sinks: [sink], activeTrace: () => trace, nowMs: () => timeMs });
  const fields = { error: new Error("x"), when: new Date(0), password: "p", inner: { token: "t" } };
  const before = { ...fields };
  withLogContext({ request_id: "r-1", n: 1 }, () => logger.child({ service: "s", n: 0 }).warn("m", fields));
  expect(fields).toEqual(before);
  expect(fields.inner).toEqual({ token: "t" });
  expect(records[0]).toMatchObject({ timeMs, level: "warn", severityNumber: 13, message: "m", trace });
  expect(JSON.parse(JSON.stringify(records[0]?.fields))).toMatchObject({
    service: "s",
    request_id: "r-1",
    n: 1,
    trace_id: trace.traceId,
    span_id: trace.spanId,
    when: "1970-01-01T00:00:00.000Z",
    password: "[redacted]",
    inner: { token: "[redacted]" },
  });
});
