// The chain as it is usually put together by hand: request id, @hono/otel, pino, hono-rate-limiter. With `otel` as its
// argument, @hono/otel alone.
import { httpInstrumentationMiddleware } from "@hono/otel";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { rateLimiter } from "hono-rate-limiter";
import pino from "pino";
import { benchBody, benchPath, serve } from "./serve.ts";

const endpoint = process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
const resource = resourceFromAttributes({ "service.name": "usual", "service.version": "1.0.0" });
const tracerProvider = new BasicTracerProvider({
  resource,
  spanProcessors: [
    new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }), { maxQueueSize: 65_536 }),
  ],
});
const meterProvider = new MeterProvider({
  resource,
  readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: `${endpoint}/v1/metrics` }) })],
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

const app = new Hono();
if (process.argv[2] === "otel") {
  app.use(httpInstrumentationMiddleware({ tracerProvider, meterProvider }));
} else {
  const logger = pino({
    mixin: () => {
      const span = trace.getActiveSpan()?.spanContext();
      return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
    },
    redact: ["req.headers.authorization", "req.headers.cookie"],
  });
  app.use(requestId());
  app.use(httpInstrumentationMiddleware({ tracerProvider, meterProvider }));
  app.use(async (c, next) => {
    const startedAt = performance.now();
    await next();
    const line = {
      request_id: c.get("requestId"),
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      duration_ms: performance.now() - startedAt,
    };
    if (c.res.status >= 500) logger.error(line, "request");
    else if (c.res.status >= 400) logger.warn(line, "request");
    else logger.info(line, "request");
  });
  app.use(
    rateLimiter({
      windowMs: 60_000,
      limit: 1_000_000_000,
      standardHeaders: "draft-7",
      keyGenerator: (c) => c.req.header("x-forwarded-for") ?? "127.0.0.1",
    }),
  );
}
app.get(benchPath, (c) => c.json(benchBody(c.req.param("id"))));

serve(app, async () => {
  await tracerProvider.forceFlush();
  await meterProvider.forceFlush();
});
