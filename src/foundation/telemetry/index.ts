export type { TraceContext, TraceParent } from "./trace-context.ts";
export { createTraceContext, formatTraceparent, parseTraceparent, parseTracestate } from "./trace-context.ts";
