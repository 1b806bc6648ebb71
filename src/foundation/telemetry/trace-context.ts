import { context, isSpanContextValid, trace } from "@opentelemetry/api";
import { randomHex } from "./random-ids.ts";

/** Where a request stands in a distributed trace. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, never all zero. */
  readonly traceId: string;
  /** This process's own span: 16 lower-case hexadecimal digits, never all zero. */
  readonly spanId: string;
  /** The caller's span, or null where the trace starts here. */
  readonly parentSpanId: string | null;
  /** Whether the trace is recorded; a trace that starts here is. */
  readonly sampled: boolean;
  /** The caller's `tracestate`, where it was valid; it is passed on as it came. */
  readonly traceState: string | null;
}

/** One span of a trace, as a `traceparent` names it. */
export type SpanPlace = Pick<TraceContext, "traceId" | "spanId" | "sampled">;

export interface TraceParent {
  readonly traceId: string;
  readonly parentSpanId: string;
  readonly sampled: boolean;
}

const traceparentLengthMax = 512;
const traceparentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|(-))/;
const sampledFlag = 0x01;

const traceStateLengthMax = 512;
const traceStateMembersMax = 32;
const traceStateMember =
  /^([a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13}|[a-z][a-z0-9_\-*/]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/**
 * Reads a `traceparent` header: version 00 exactly, a higher version by its first four fields (which may be followed
 * by `-` and more), version ff never. Null for anything else: upper-case digits, all-zero ids, other lengths.
 *
 * @see https://www.w3.org/TR/trace-context/#versioning-of-traceparent
 */
export function parseTraceparent(header: string): TraceParent | null {
  if (header.length > traceparentLengthMax) return null;
  const match = traceparentPattern.exec(header);
  if (match === null) return null;
  const [, version = "", traceId = "", parentSpanId = "", flags = "", more] = match;
  if (version === "ff" || (version === "00" && more !== undefined)) return null;
  if (isZero(traceId) || isZero(parentSpanId)) return null;
  return { traceId, parentSpanId, sampled: (Number.parseInt(flags, 16) & sampledFlag) !== 0 };
}

/**
 * Continues the trace that the headers name, or starts one where they name none or name it wrongly: a bad header is
 * never the caller's error. `tracestate` counts only beside a valid `traceparent`.
 *
 * @see https://www.w3.org/TR/trace-context/#processing-model
 */
export function createTraceContext(traceparent: string | null, tracestate: string | null = null): TraceContext {
  const parent = traceparent === null ? null : parseTraceparent(traceparent);
  const spanId = randomHex(8);
  if (parent === null) {
    return { traceId: randomHex(16), spanId, parentSpanId: null, sampled: true, traceState: null };
  }
  return { ...parent, spanId, traceState: tracestate === null ? null : parseTracestate(tracestate) };
}

/** The active span, or null where none is active. */
export function findActiveSpan(): SpanPlace | null {
  const span = trace.getSpanContext(context.active());
  if (span === undefined || !isSpanContextValid(span)) return null;
  return { traceId: span.traceId, spanId: span.spanId, sampled: (span.traceFlags & sampledFlag) !== 0 };
}

/** The `traceparent` that names this process's span, in version 00. */
export function formatTraceparent(trace: SpanPlace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? "01" : "00"}`;
}

/**
 * A `tracestate` as it came, if it is valid: at most 512 characters and 32 members, no key twice. Null otherwise.
 *
 * @see https://www.w3.org/TR/trace-context/#tracestate-header
 */
export function parseTracestate(header: string): string | null {
  if (header.length > traceStateLengthMax) return null;
  const members = header
    .split(",")
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""))
    .filter((member) => member !== "");
  if (members.length === 0 || members.length > traceStateMembersMax) return null;
  const keys = new Set<string>();
  for (const member of members) {
    const key = traceStateMember.exec(member)?.[1];
    if (key === undefined || keys.has(key)) return null;
    keys.add(key);
  }
  return header;
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}
