import { expect, test } from "bun:test";
import { context, INVALID_SPAN_CONTEXT, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { type ActiveTrace, setUpLogging } from "../../../src/foundation/logging/index.ts";
import { createNoTelemetry, setUpTelemetry } from "../../../src/foundation/telemetry/index.ts";
import { fakeSpanExporter, telemetryOptions } from "./options.ts";

function logOne(activeTrace: ActiveTrace): Record<string, unknown> {
  const lines: string[] = [];
  setUpLogging({ level: "info", debug: false, write: (line) => void lines.push(line), activeTrace }).info("x");
  return JSON.parse(lines[0] ?? "null");
}

async function withTelemetry(run: (telemetry: Awaited<ReturnType<typeof setUpTelemetry>>) => unknown): Promise<void> {
  const telemetry = await setUpTelemetry(telemetryOptions({ spanExporter: fakeSpanExporter() }).options);
  await run(telemetry);
  await telemetry.shutdown(1_000);
}

test("AC12.11.1 inside a valid span every line has its 32-digit trace_id and 16-digit span_id", async () => {
  await withTelemetry(async ({ tracer, activeTrace }) => {
    await tracer.startActiveSpan("x", async (span) => {
      await Promise.resolve();
      const line = logOne(activeTrace);
      expect(line["trace_id"]).toMatch(/^[0-9a-f]{32}$/);
      expect(line["span_id"]).toMatch(/^[0-9a-f]{16}$/);
      expect([line["trace_id"], line["span_id"]]).toEqual([span.spanContext().traceId, span.spanContext().spanId]);
      span.end();
    });
  });
});

test("AC12.11.2 with an invalid span context a line has neither", async () => {
  await withTelemetry(({ activeTrace }) => {
    const short = { ...INVALID_SPAN_CONTEXT, traceId: "abc", spanId: "def" };
    for (const invalid of [INVALID_SPAN_CONTEXT, short]) {
      const line = context.with(trace.setSpanContext(ROOT_CONTEXT, invalid), () => logOne(activeTrace));
      expect(Object.keys(line)).toEqual(["timestamp", "level", "message"]);
    }
  });
});

test("AC12.11.3 with OpenTelemetry unavailable a line has neither, and nothing fails", async () => {
  expect(Object.keys(logOne(createNoTelemetry().activeTrace))).toEqual(["timestamp", "level", "message"]);
  const missing = { traces: () => Promise.reject(new Error("no package")) };
  const { options } = telemetryOptions({ endpoint: "http://127.0.0.1:1" });
  const telemetry = await setUpTelemetry(options, { ...missing, logs: missing.traces, metrics: missing.traces });
  expect(Object.keys(logOne(telemetry.activeTrace))).toEqual(["timestamp", "level", "message"]);
});
