import { type Context, TraceFlags, trace } from "@opentelemetry/api";

/**
 * Whether a span made in this context could be recorded: not where a local span is above it that is not recorded
 * itself. Asking first spares the making of spans that nobody sees.
 */
export function isRecordedBelow(active: Context): boolean {
  const parent = trace.getSpan(active);
  if (parent === undefined || parent.isRecording()) return true;
  const { isRemote, traceFlags } = parent.spanContext();
  // One that has ended records no more, and what it began may go on behind it.
  return isRemote === true || (traceFlags & TraceFlags.SAMPLED) !== 0;
}
