import type { ProtoWriter } from "./proto-writer.ts";

const depthMax = 16;

/** Writes attributes as repeated `KeyValue`; what is null or undefined has no value. */
export function writeAttributes(
  writer: ProtoWriter,
  field: number,
  attributes: Readonly<Record<string, unknown>>,
  depth = 0,
): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (value === undefined) continue;
    const pair = writer.begin(field);
    writer.text(1, key);
    writeValue(writer, 2, value, depth);
    writer.end(pair);
  }
}

/** Writes one `AnyValue`. */
function writeValue(writer: ProtoWriter, field: number, value: unknown, depth = 0): void {
  const start = writer.begin(field);
  if (typeof value === "string") writer.text(1, value);
  else if (typeof value === "boolean") writer.integer(2, value ? 1 : 0);
  else if (typeof value === "number") writeNumber(writer, value);
  else if (typeof value === "object" && value !== null && depth < depthMax) writeObject(writer, value, depth + 1);
  writer.end(start);
}

function writeNumber(writer: ProtoWriter, value: number): void {
  if (Number.isSafeInteger(value)) writer.integer(3, value);
  else writer.double(4, value);
}

function writeObject(writer: ProtoWriter, value: object, depth: number): void {
  if (Array.isArray(value)) {
    const start = writer.begin(5);
    for (const item of value) writeValue(writer, 1, item, depth);
    writer.end(start);
    return;
  }
  const start = writer.begin(6);
  writeAttributes(writer, 1, value as Readonly<Record<string, unknown>>, depth);
  writer.end(start);
}
