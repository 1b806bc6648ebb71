import type { BoundFields } from "./bound-fields.ts";
import { toJsonText } from "./escape-controls.ts";
import { formatTime } from "./format-time.ts";
import { isReserved, LogDraft } from "./log-draft.ts";
import type { LogRecord } from "./log-record.ts";

/** UTF-16 units of a rendered line; as UTF-8 it has at most three times as many bytes. */
export const lineLengthMax = 21_000;

/** A record as one JSON object on one line, `{"timestamp", "level", "message", …fields}`, at most 63,000 bytes long. */
export function renderJson(record: LogRecord): string {
  const { timeMs, level, message, trace } = record;
  let line = `{"timestamp":"${formatTime(timeMs)}","level":"${level}","message":${toJsonText(message)}`;
  if (!(record instanceof LogDraft) || hasTwice(record)) return renderFields(line, record.fields);
  line += renderBound(record.bound);
  if (trace !== null) line += `,"trace_id":"${trace.traceId}","span_id":"${trace.spanId}"`;
  const { keys, values } = record;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as string;
    if (!isReserved(key, trace)) line = addField(line, key, values[index]);
  }
  return `${line}}`;
}

/** Whether a field of the line's own has the name of a bound one: then one of them has to go. */
function hasTwice({ keys, bound, trace }: LogDraft): boolean {
  const { fields } = bound;
  for (let index = 0; index < keys.length; index += 1) {
    if ((keys[index] as string) in fields) return true;
  }
  return trace !== null && ("trace_id" in fields || "span_id" in fields);
}

function renderBound(bound: BoundFields): string {
  if (bound.rendered?.by !== renderJson) {
    let text = "";
    for (const key of Object.keys(bound.fields))
      if (!isReserved(key, null)) text = addField(text, key, bound.fields[key]);
    bound.rendered = { by: renderJson, text };
  }
  return bound.rendered.text;
}

function renderFields(head: string, fields: LogRecord["fields"]): string {
  let line = head;
  for (const key of Object.keys(fields)) if (!isReserved(key, null)) line = addField(line, key, fields[key]);
  return `${line}}`;
}

function addField(line: string, key: string, value: unknown): string {
  if (value === undefined) return line;
  const name = renderKey(key);
  const text = renderValue(value);
  if (line.length + name.length + text.length < lineLengthMax) return line + name + text;
  return line.length + name.length < lineLengthMax ? `${line}${name}"[too long]"` : line;
}

function renderValue(value: unknown): string {
  if (typeof value === "string") return toJsonText(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(renderValue).join(",")}]`;
  let text = "";
  for (const [key, inner] of Object.entries(value as object)) text += renderKey(key) + renderValue(inner);
  return `{${text.slice(1)}}`;
}

const keysMax = 2_000;
const keys = new Map<string, string>();

function renderKey(key: string): string {
  const known = keys.get(key);
  if (known !== undefined) return known;
  const made = `,${toJsonText(key)}:`;
  if (keys.size >= keysMax) keys.clear();
  keys.set(key, made);
  return made;
}
