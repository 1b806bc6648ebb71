import { describeError } from "./describe-error.ts";

/** What a line may hold. What is beyond is cut, and says so where it was. */
export const logBounds = {
  /** Fields of a line's own. */
  fieldsMax: 128,
  /** UTF-16 units of a field's name. */
  keyLengthMax: 128,
  /** UTF-16 units of one text. */
  textLengthMax: 8_192,
  /** UTF-16 units of all texts and names of a line's own fields. */
  textsLengthMax: 16_384,
  /** Levels of objects and arrays in one another. */
  depthMax: 10,
  /** Keys of one object, items of one array, entries of one map. */
  itemsMax: 100,
  /** Values of all fields together. */
  valuesMax: 1_000,
} as const;

export const unreadable = "[unreadable]";

/**
 * Makes the values of one line plain, within the bounds of a line: what one value takes, the next one lacks. What it gives
 * is strings, finite numbers, booleans, nulls, and arrays and objects (without a prototype) of them; undefined stays.
 * It never throws, whatever a getter, proxy or `toJSON` does.
 *
 * Dates become ISO 8601, bigints and other numbers text, maps and headers objects, sets arrays, errors their
 * description with causes, binary data its size; whatever has a `toJSON` (big.js' decimals) is what that says.
 */
export class Plainer {
  readonly #budget: Budget = { texts: logBounds.textsLengthMax, values: logBounds.valuesMax };

  value(value: unknown): unknown {
    return toPlain(value, this.#budget, noAncestors);
  }

  /** All values of an array, in their places. */
  values(values: unknown[]): void {
    const budget = this.#budget;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      // Most values are short texts: they stay as they are.
      if (typeof value === "string" && value.length <= logBounds.textLengthMax && value.length <= budget.texts) {
        budget.texts -= value.length;
      } else {
        values[index] = toPlain(value, budget, noAncestors);
      }
    }
  }

  text(text: string): string {
    return takeText(text, this.#budget);
  }
}

const noAncestors: readonly object[] = [];

interface Budget {
  texts: number;
  values: number;
}

function toPlain(value: unknown, budget: Budget, ancestors: readonly object[]): unknown {
  switch (typeof value) {
    case "string":
      return takeText(value, budget);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "object":
      return value === null ? null : toPlainObject(value, budget, ancestors);
    case "bigint":
      return takeText(describeBigint(value), budget);
    case "symbol":
      return takeText(String(value), budget);
    case "function":
      return takeText(describeFunction(value), budget);
    default:
      return value;
  }
}

/** Writing out the digits of a larger one costs more than linear time. */
const bigintLimit = 1n << 2_048n;

function describeBigint(value: bigint): string {
  return value > -bigintLimit && value < bigintLimit ? value.toString() : "[a bigint of more than 2,048 bits]";
}

function describeFunction(value: object): string {
  try {
    return `[function ${String(Reflect.get(value, "name"))}]`;
  } catch {
    return "[function]";
  }
}

function toPlainObject(value: object, budget: Budget, ancestors: readonly object[]): unknown {
  if (ancestors.includes(value)) return "[circular]";
  if (ancestors.length >= logBounds.depthMax) return "[too deep]";
  if (budget.values <= 0) return "[too much]";
  try {
    return toPlainKind(value, budget, [...ancestors, value]);
  } catch {
    return unreadable;
  }
}

function toPlainKind(value: object, budget: Budget, ancestors: readonly object[]): unknown {
  const inner = (given: unknown): unknown => toPlain(given, budget, ancestors);
  if (Array.isArray(value)) return listOf(value, value.length, budget, inner);
  if (value instanceof Error) return mapOf(describeError(value), budget, inner);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
  if (value instanceof Map) return mapOf(fromEntries(value), budget, inner);
  if (value instanceof Set) return listOf(value, value.size, budget, inner);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Headers || value instanceof URLSearchParams) return mapOf(fromEntries(value), budget, inner);
  if (value instanceof URL || value instanceof RegExp) return takeText(String(value), budget);
  const toJson: unknown = Reflect.get(value, "toJSON");
  return typeof toJson === "function" ? inner(Reflect.apply(toJson, value, [])) : mapOf(value, budget, inner);
}

function listOf(list: Iterable<unknown>, size: number, budget: Budget, inner: (value: unknown) => unknown): unknown[] {
  const plain: unknown[] = [];
  for (const item of list) {
    if (plain.length === logBounds.itemsMax || budget.values <= 0) {
      plain.push(`[${size - plain.length} more]`);
      break;
    }
    budget.values -= 1;
    plain.push(inner(item) ?? null);
  }
  return plain;
}

function mapOf(value: object, budget: Budget, inner: (value: unknown) => unknown): Record<string, unknown> {
  const [keys, values]: [string[], unknown[]] = [[], []];
  readEntries(value, Math.min(logBounds.itemsMax, budget.values), keys, values);
  budget.values -= keys.length;
  const plain: Record<string, unknown> = Object.create(null);
  for (const [index, key] of keys.entries()) {
    budget.texts -= key.length;
    const made = inner(values[index]);
    if (made !== undefined) plain[key] = made;
  }
  return plain;
}

/** A map by its keys as text; as much of it as is looked at. */
function fromEntries(entries: Iterable<readonly [unknown, unknown]>): Record<string, unknown> {
  const read: Record<string, unknown> = Object.create(null);
  let count = 0;
  for (const [key, value] of entries) {
    if (count > logBounds.itemsMax) break;
    count += 1;
    read[typeof key === "object" && key !== null ? `[object ${count}]` : String(key)] = value;
  }
  return read;
}

/** Appends an object's own fields to two arrays, up to a number of them; what cannot be read says so. */
export function readEntries(fields: object, countMax: number, keys: string[], values: unknown[]): void {
  let names: readonly string[];
  try {
    names = Object.keys(fields);
  } catch {
    keys.push("log_fault");
    values.push("the fields could not be read");
    return;
  }
  const count = Math.min(names.length, countMax);
  for (let index = 0; index < count; index += 1) {
    const name = names[index] as string;
    keys.push(name.length > logBounds.keyLengthMax ? `${name.slice(0, logBounds.keyLengthMax)}…` : name);
    values.push(readField(fields, name));
  }
  if (names.length > count) {
    keys.push("log_cut");
    values.push(`${names.length - count} more fields`);
  }
}

function readField(fields: object, name: string): unknown {
  try {
    return Reflect.get(fields, name);
  } catch {
    return unreadable;
  }
}

function takeText(text: string, budget: Budget): string {
  const room = Math.min(logBounds.textLengthMax, Math.max(0, budget.texts));
  const kept = text.length <= room ? text : cutText(text, room);
  budget.texts -= kept.length;
  return kept;
}

/** A number or token that the cut would split could no longer be told to be secret: it goes as a whole. */
const unfinished = /[\w+/=.-]{0,200}(?: [\dA-Z]{1,6}){0,8} ?$/;

function cutText(text: string, room: number): string {
  const kept = text.slice(0, room).slice(-256);
  const whole = room - kept.length + kept.replace(unfinished, "").length;
  return `${text.slice(0, whole)}…[${text.length - whole} more]`;
}
