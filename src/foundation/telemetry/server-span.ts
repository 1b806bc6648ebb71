import { httpInstrumentationMiddleware } from "@hono/otel";
import { context } from "@opentelemetry/api";
import type { Context, MiddlewareHandler, Next } from "hono";
import { ServedRequest } from "./served-request.ts";
import type { ServerSpanSources } from "./server-attributes.ts";
import { createServerMeterProvider } from "./server-meter.ts";
import { contextOf } from "./server-request.ts";
import { ServerTracer } from "./server-tracer.ts";
import type { Telemetry } from "./telemetry.ts";

export interface ServerSpanOptions extends ServerSpanSources {
  readonly telemetry: Pick<Telemetry, "enabled" | "tracer" | "meterProvider">;
}

/**
 * The server span and the request metrics of every request, by `@hono/otel`, fed with this process's own tracer and meters and
 * with the caller's span, and corrected to the conventions in force. Mount it outermost. Where telemetry is off, it
 * is nothing but a call.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function serverSpan({ telemetry, ...sources }: ServerSpanOptions): MiddlewareHandler {
  if (!telemetry.enabled) return (_c, next) => next();
  const instrumented = httpInstrumentationMiddleware({
    tracer: new ServerTracer(telemetry.tracer, sources),
    meterProvider: createServerMeterProvider(telemetry.meterProvider),
    // ServerTracer names the spans.
    spanNameFactory: () => "",
  });
  const serve = (c: Context, next: Next) => instrumented(new ServedRequest(c) as unknown as Context, next);
  return async (c, next) => {
    await context.with(contextOf(c), serve, undefined, c, next);
  };
}
