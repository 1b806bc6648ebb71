import { describeError } from "./describe-error.ts";
import { findLogScope } from "./log-context.ts";
import type { LogDraft } from "./log-draft.ts";
import { severityNumbers } from "./log-level.ts";
import type { ActiveTrace } from "./log-record.ts";
import { createRedactor, type Redactor } from "./redaction/redactor.ts";
import { Plainer } from "./to-plain.ts";

/** One step on a line's way: it changes the draft. It never throws and never waits. */
export type LogProcessor = (draft: LogDraft) => void;

export interface ProcessorOptions {
  readonly activeTrace?: ActiveTrace | undefined;
  readonly redactor?: Redactor;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly nowMs?: () => number;
}

/**
 * The steps from what was logged to what sinks get, in this order:
 *
 * 1. bound request context: what {@link withLogContext} and `bindLogContext` gave
 * 2. trace context: the active span, where it is valid; else the request's own trace; else nothing
 * 3. level: its severity number
 * 4. error formatting: errors become descriptions, with causes
 * 5. value serialisation: all values become plain, within the bounds of a line
 * 6. redaction: by key and by pattern, the message too
 * 7. timestamp
 *
 * What was bound has been through 4 to 6 when it was bound.
 */
export function createProcessors(options: ProcessorOptions = {}): LogProcessor[] {
  const { activeTrace, redactor = createRedactor(), nowMs = Date.now } = options;
  return [
    addContext,
    ...(activeTrace === undefined ? [] : [addTrace(activeTrace)]),
    addSeverity,
    formatErrors,
    makePlain,
    redact(redactor),
    addTimestamp(nowMs),
  ];
}

function addContext(draft: LogDraft): void {
  const scope = findLogScope();
  if (scope === null) return;
  draft.bound = scope.bound.over(draft.bound);
  draft.trace = scope.trace;
}

const traceIdForm = /^(?!0{32})[0-9a-f]{32}$/;
const spanIdForm = /^(?!0{16})[0-9a-f]{16}$/;

function addTrace(activeTrace: ActiveTrace): LogProcessor {
  return (draft) => {
    const trace = activeTrace();
    if (trace !== null && traceIdForm.test(trace.traceId) && spanIdForm.test(trace.spanId)) draft.trace = trace;
  };
}

function addSeverity(draft: LogDraft): void {
  draft.severityNumber = severityNumbers[draft.level];
}

function formatErrors({ values }: LogDraft): void {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (typeof value === "object" && value instanceof Error) values[index] = describeError(value);
  }
}

function makePlain(draft: LogDraft): void {
  const plainer = new Plainer();
  draft.message = plainer.text(draft.message);
  plainer.values(draft.values);
}

function redact(redactor: Redactor): LogProcessor {
  return (draft) => {
    draft.message = redactor.text(draft.message);
    const { keys, values } = draft;
    for (let index = 0; index < keys.length; index += 1) {
      values[index] = redactor.field(keys[index] as string, values[index]);
    }
  };
}

function addTimestamp(nowMs: () => number): LogProcessor {
  return (draft) => {
    draft.timeMs = nowMs();
  };
}
