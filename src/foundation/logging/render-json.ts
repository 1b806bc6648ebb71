import { type BoundFields, isReserved } from "./bound-fields.ts";
import { escapeJson } from "./escape-controls.ts";
import { formatTime } from "./format-time.ts";
import { LogDraft } from "./log-draft.ts";
import type { LogRecord } from "./log-record.ts";

/** UTF-16 units of a rendered line; as UTF-8 it has at most three times as many bytes. */
export const lineLengthMax = 21_000;

/** A record as one JSON object on one line, `{"timestamp", "level", "message", …fields}`, at most 63,000 bytes long. */
export function renderJson(record: LogRecord): string {
  const line = record instanceof LogDraft ? renderDraft(record) : null;
  return line === null || line.length > lineLengthMax ? renderEach(record) : line;
}

/** In one go; null where a field has a name that stands in the line already. */
function renderDraft({ timeMs, level, message, keys, values, bound, trace }: LogDraft): string | null {
  if (trace !== null && bound.namesTrace) return null;
  let own = `{"timestamp":"${formatTime(timeMs)}","level":"${level}","message":${JSON.stringify(message)}`;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as string;
    if (bound.takes(key)) return null;
    const value = values[index];
    if (value !== undefined) own += `,${quoteName(key)}:${quote(value)}`;
  }
  const ids = trace === null ? "" : `,"trace_id":"${trace.traceId}","span_id":"${trace.spanId}"`;
  return `${escapeJson(own)}${renderBound(bound)}${ids}}`;
}

/** Names come again and again. */
const quotedNames = new Map<string, string>();
const quotedNamesMax = 1_000;

function quoteName(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  if (quotedNames.size >= quotedNamesMax) quotedNames.clear();
  const quoted = JSON.stringify(name);
  quotedNames.set(name, quoted);
  return quoted;
}

function quote(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** What was bound, written once for all lines that carry it. */
function renderBound(bound: BoundFields): string {
  if (bound.rendered?.by !== renderJson) {
    let text = "";
    for (const [index, key] of bound.keys.entries()) text += `,${quoteName(key)}:${quote(bound.values[index])}`;
    bound.rendered = { by: renderJson, text: escapeJson(text) };
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
