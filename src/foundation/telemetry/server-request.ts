import {
  type Context as ActiveContext,
  context,
  createContextKey,
  createTraceState,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import type { Context } from "hono";
import { LinkedContext } from "./linked-context.ts";
import { parseTraceparent, parseTracestate } from "./trace-context.ts";

const requestKey = createContextKey("footing: the request that is served");

/**
 * OpenTelemetry's context for one request: the caller's span as parent, where its `traceparent` is valid, and the request
 * itself. The headers are read by this library's own parser, so no global propagator is needed.
 */
export function contextOf(c: Context): ActiveContext {
  const active = new LinkedContext(ROOT_CONTEXT, requestKey, c);
  const header = c.req.header("traceparent");
  const parent = header === undefined ? null : parseTraceparent(header);
  if (parent === null) return active;
  const traceState = parseTracestate(c.req.header("tracestate") ?? "");
  return trace.setSpanContext(active, {
    traceId: parent.traceId,
    spanId: parent.parentSpanId,
    traceFlags: parent.sampled ? 1 : 0,
    isRemote: true,
    ...(traceState === null ? {} : { traceState: createTraceState(traceState) }),
  });
}

/** The request that the running code serves, or null. */
export function findRequest(active: ActiveContext = context.active()): Context | null {
  return (active.getValue(requestKey) as Context | undefined) ?? null;
}
