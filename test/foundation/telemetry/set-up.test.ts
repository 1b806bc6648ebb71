import { afterAll, beforeAll, expect, test } from "bun:test";
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { createLogger } from "../../../src/foundation/logging/index.ts";
import {
  type PackageLoader,
  packageLoader,
  type SamplerName,
  setUpTelemetry,
} from "../../../src/foundation/telemetry/index.ts";
import { type OtlpReceiver, startReceiver } from "../../support/otlp-receiver.ts";
import { fakeSpanExporter, telemetryOptions } from "./options.ts";

let receiver: OtlpReceiver;

beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver?.close());

/** A loader without the packages of some signals. */
function loaderWithout(...signals: readonly (keyof PackageLoader)[]): PackageLoader {
  const missing = () => Promise.reject(new Error("Cannot find package 'x'"));
  return { ...packageLoader, ...Object.fromEntries(signals.map((signal) => [signal, missing])) };
}

/** A loader that must not be used. */
const noLoader: PackageLoader = {
  traces: () => Promise.reject(new Error("traces were loaded")),
  logs: () => Promise.reject(new Error("logs were loaded")),
  metrics: () => Promise.reject(new Error("metrics were loaded")),
};

test("AC12.3.1 without the log exporter's package there is one warning, and logging goes on", async () => {
  const { options, said } = telemetryOptions({ endpoint: receiver.url });
  const telemetry = await setUpTelemetry(options, loaderWithout("logs"));
  expect(said).toMatchObject([{ level: "warn", fields: { reasons: { logs: "Cannot find package 'x'" } } }]);
  expect(telemetry.logSink).toBeNull();
  const lines: string[] = [];
  const sink = { write: ({ message }: { message: string }) => void lines.push(message) };
  createLogger({ level: "info", sinks: [sink], activeTrace: telemetry.activeTrace }).info("still here");
  expect(lines).toEqual(["still here"]);
  telemetry.tracer.startSpan("traced all the same").end();
  await telemetry.shutdown(30_000);
  expect(receiver.from(options.service.name).spans.map(({ name }) => name)).toEqual(["traced all the same"]);
});

test("AC12.3.2 without the trace exporter's package there is one warning, and the rest goes on", async () => {
  const { options, said } = telemetryOptions({ endpoint: receiver.url });
  const telemetry = await setUpTelemetry(options, loaderWithout("traces", "metrics"));
  expect(said).toMatchObject([{ level: "warn", message: "traces, metrics cannot be exported: a package is missing" }]);
  telemetry.tracer.startSpan("of no consequence").end();
  telemetry.meter.createCounter("of.no.consequence").add(1);
  createLogger({ level: "info", sinks: telemetry.logSink === null ? [] : [telemetry.logSink] }).info("logged");
  await telemetry.shutdown(30_000);
  const { logs, spans } = receiver.from(options.service.name);
  expect({ logs: logs.map(({ body }) => body), spans }).toEqual({ logs: ["logged"], spans: [] });
});

test("AC12.3.3 without an endpoint no log export is set up, and nothing is said about it", async () => {
  const { options, said } = telemetryOptions();
  const telemetry = await setUpTelemetry(options, noLoader);
  expect(telemetry.logSink).toBeNull();
  expect(said).toEqual([]);
});

test("AC12.12.1 without an endpoint, or when all is turned off, tracing is not set up: nothing is loaded or registered", async () => {
  const none = { traces: "none", logs: "none", metrics: "none" } as const;
  for (const over of [{}, { endpoint: receiver.url, disabled: true }, { endpoint: receiver.url, exporters: none }]) {
    const { options, said } = telemetryOptions(over);
    const telemetry = await setUpTelemetry(options, noLoader);
    expect(telemetry.enabled).toBe(false);
    expect(telemetry.tracer.startSpan("nothing").isRecording()).toBe(false);
    expect(context.with(ROOT_CONTEXT.setValue(Symbol.for("x"), 1), () => context.active())).toBe(ROOT_CONTEXT);
    await telemetry.flush(1);
    await telemetry.shutdown(1);
    expect(said).toEqual([]);
  }
});

test("AC12.4.1 tracing is set up with a provider and a processor of our own, and spans arrive at a fake exporter", async () => {
  const spanExporter = fakeSpanExporter();
  const { options } = telemetryOptions({ spanExporter });
  const telemetry = await setUpTelemetry(options);
  telemetry.tracer.startActiveSpan("outer", (outer) => {
    telemetry.tracer.startSpan("inner").end();
    outer.end();
  });
  await telemetry.flush(30_000);
  const [inner, outer] = spanExporter.spans;
  expect([inner?.name, outer?.name]).toEqual(["inner", "outer"]);
  expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  expect(trace.getTracerProvider().getTracer("another's").startSpan("x").isRecording()).toBe(false);
  await telemetry.shutdown(30_000);
  expect(context.with(ROOT_CONTEXT.setValue(Symbol.for("x"), 1), () => context.active())).toBe(ROOT_CONTEXT);
});

test("AC12.5.1 the resource carries service.name and every pair of OTEL_RESOURCE_ATTRIBUTES", async () => {
  const { options } = telemetryOptions({
    endpoint: receiver.url,
    resourceAttributes: { "deployment.environment.name": "staging", team: "the books", "service.version": "9" },
  });
  const telemetry = await setUpTelemetry(options);
  telemetry.tracer.startSpan("x").end();
  createLogger({ level: "info", sinks: telemetry.logSink === null ? [] : [telemetry.logSink] }).info("x");
  telemetry.meter.createCounter("x").add(1);
  await telemetry.shutdown(30_000);
  const { resources } = receiver.from(options.service.name);
  expect(resources).toHaveLength(3);
  for (const resource of resources) {
    expect(resource).toEqual({
      "service.name": options.service.name,
      "service.version": "9",
      "service.instance.id": "one",
      "deployment.environment.name": "staging",
      "deployment.environment": "staging",
      "telemetry.sdk.language": "js",
      "telemetry.sdk.name": "opentelemetry",
      team: "the books",
    });
  }
});

test("AC12.12.2 the provider gives its spans the resource's attributes", async () => {
  const spanExporter = fakeSpanExporter();
  const { options } = telemetryOptions({ spanExporter, resourceAttributes: { team: "books" } });
  const telemetry = await setUpTelemetry(options);
  telemetry.tracerProvider.getTracer("any").startSpan("x").end();
  await telemetry.shutdown(30_000);
  expect(spanExporter.spans[0]?.resource.attributes).toMatchObject({
    "service.name": options.service.name,
    team: "books",
  });
});

test("the standard samplers decide: always, never, by ratio, or as the caller did", async () => {
  const recorded = async (name: SamplerName, ratio: number, parent: "sampled" | "not" | null): Promise<boolean> => {
    const { options } = telemetryOptions({ spanExporter: fakeSpanExporter(), sampler: { name, ratio } });
    const telemetry = await setUpTelemetry(options);
    const traceFlags = parent === "sampled" ? 1 : 0;
    const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", isRemote: true };
    const active = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...ids, traceFlags });
    const recording = telemetry.tracer.startSpan("x", {}, active).isRecording();
    await telemetry.shutdown(1_000);
    return recording;
  };
  const decisions = async (name: SamplerName, ratio = 1) => [
    await recorded(name, ratio, null),
    await recorded(name, ratio, "sampled"),
    await recorded(name, ratio, "not"),
  ];
  expect(await decisions("always_on")).toEqual([true, true, true]);
  expect(await decisions("always_off")).toEqual([false, false, false]);
  expect(await decisions("traceidratio", 0)).toEqual([false, false, false]);
  expect(await decisions("traceidratio", 1)).toEqual([true, true, true]);
  expect(await decisions("parentbased_always_on")).toEqual([true, true, false]);
  expect(await decisions("parentbased_always_off")).toEqual([false, true, false]);
  expect(await decisions("parentbased_traceidratio", 0)).toEqual([false, true, false]);
});

test("a signal's own endpoint is taken as it stands, and headers go to each", async () => {
  const { options } = telemetryOptions();
  const telemetry = await setUpTelemetry({
    ...options,
    otlp: {
      ...options.otlp,
      endpoints: { traces: `${receiver.url}/v1/traces` },
      headers: { "x-key": options.service.name },
    },
  });
  expect([...telemetry.excludedOrigins]).toEqual([receiver.url]);
  telemetry.tracer.startSpan("x").end();
  await telemetry.shutdown(30_000);
  const sent = receiver.requests.filter(({ headers }) => headers["x-key"] === options.service.name);
  expect(sent.map(({ path }) => path)).toEqual(["/v1/traces"]);
});
