import type { Attributes, AttributeValue } from "../model.ts";

export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const recordsOf = (value: unknown): readonly JsonRecord[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const depthMax = 8;

/** Fields as attributes: what lies within objects by its path, `error.cause.type`; lists as JSON; nulls not at all. */
export function flatten(record: JsonRecord): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  addFields(attributes, record, { prefix: "", depth: 0 });
  return attributes;
}

function addFields(
  attributes: Record<string, AttributeValue>,
  record: JsonRecord,
  { prefix, depth }: { readonly prefix: string; readonly depth: number },
): void {
  for (const name of Object.keys(record)) {
    const value = record[name];
    const path = prefix + name;
    if (value === null || value === undefined || path === "__proto__") continue;
    if (isRecord(value) && depth < depthMax) addFields(attributes, value, { prefix: `${path}.`, depth: depth + 1 });
    else attributes[path] = toAttributeValue(value);
  }
}

export function toAttributeValue(value: unknown): AttributeValue {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return JSON.stringify(value) ?? "";
}

/** Lower-case digits of an id of so many bytes; null for anything else, and for zeros, which stand for none. */
export function idOf(value: unknown, bytes: number): string | null {
  const id = textOf(value).toLowerCase();
  return id.length === 2 * bytes && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id) ? id : null;
}
