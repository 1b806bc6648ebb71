import { type BoundFields, isReserved } from "./bound-fields.ts";
import { escapeJson } from "./escape-controls.ts";
import { formatTime } from "./format-time.ts";
import { LogDraft } from "./log-draft.ts";
import type { LogFields, LogRecord } from "./log-record.ts";

/** UTF-16 units of a rendered line; as UTF-8 it has at most three times as many bytes. */
export const lineLengthMax = 21_000;

/** A record as one JSON object on one line, `{"timestamp", "level", "message", …fields}`, at most 63,000 bytes long. */
export function renderJson(record: LogRecord): string {
  const line = record instanceof LogDraft ? renderDraft(record) : null;
  return line === null || line.length > lineLengthMax ? renderEach(record) : line;
}

/** In one go; null where a field has a name that stands in the line already. */
function renderDraft(draft: LogDraft): string | null {
  const own = findOwn(draft);
  if (own === null) return null;
  const { bound, trace } = draft;
  const ids = trace === null ? "" : `,"trace_id":"${trace.traceId}","span_id":"${trace.spanId}"`;
  return `${toJson(own).slice(0, -1)}${renderBound(bound)}${ids}}`;
}

/** What is the line's own, as an object. */
function findOwn({ timeMs, level, message, keys, values, bound, trace }: LogDraft): LogFields | null {
  if (trace !== null && bound.namesTrace) return null;
  const own: Record<string, unknown> = { timestamp: formatTime(timeMs), level, message };
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as string;
    if (bound.takes(key)) return null;
    own[key] = values[index];
  }
  return own;
}

/** What was bound, written once for all lines that carry it. */
function renderBound(bound: BoundFields): string {
  if (bound.rendered?.by !== renderJson) {
    const text = toJson(bound.fields).slice(1, -1);
    bound.rendered = { by: renderJson, text: text === "" ? "" : `,${text}` };
  }
  return bound.rendered.text;
}

/** Field by field, for lines in which some would stand twice or that would be too long. */
function renderEach({ timeMs, level, message, fields }: LogRecord): string {
  let line = toJson({ timestamp: formatTime(timeMs), level, message }).slice(0, -1);
  for (const key of Object.keys(fields)) {
    if (isReserved(key)) continue;
    const name = `,${toJson(key)}:`;
    const text = toJson(fields[key]);
    if (line.length + name.length + text.length < lineLengthMax) line += name + text;
    else if (line.length + name.length + tooLong.length < lineLengthMax) line += name + tooLong;
  }
  return `${line}}`;
}

const tooLong = '"[too long]"';

function toJson(plain: unknown): string {
  return escapeJson(JSON.stringify(plain));
}
