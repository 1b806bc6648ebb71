import type { LogFields } from "./log-record.ts";
import { createRedactor } from "./redaction/redactor.ts";
import { logBounds, Plainer, readEntries } from "./to-plain.ts";

const redactor = createRedactor();

/** Whether a name is one of the line's own head: no field can take its place. */
export function isReserved(key: string): boolean {
  return key === "timestamp" || key === "level" || key === "message";
}

/** What a line's own fields may not be called without a look; `__proto__` cannot be set plainly. */
function isLookedAt(key: string): boolean {
  return isReserved(key) || key === "trace_id" || key === "span_id" || key === "__proto__";
}

/**
 * Fields that many lines carry: made plain and redacted once, when they are bound, and written out once by each
 * renderer. Immutable. A request makes one of these, so what few lines ask for is made when it is asked for.
 */
export class BoundFields {
  static readonly none = new BoundFields([], []);

  /** `keys[i]` has `values[i]`; no key stands twice, and none is undefined. */
  readonly keys: readonly string[];
  readonly values: readonly unknown[];
  /** What a renderer made of the fields; kept here for its next line. */
  rendered: { readonly by: unknown; readonly text: string } | null = null;
  #fields: LogFields | null = null;
  #lastBelow: BoundFields | null = null;
  #lastOver: BoundFields | null = null;

  private constructor(keys: readonly string[], values: readonly unknown[]) {
    this.keys = keys;
    this.values = values;
  }

  /** Without a prototype. */
  get fields(): LogFields {
    this.#fields ??= this.#toRecord();
    return this.#fields;
  }

  get namesTrace(): boolean {
    return this.keys.includes("trace_id") || this.keys.includes("span_id");
  }

  /** Whether no field of a line's own can have this name beside these. */
  takes(key: string): boolean {
    return isLookedAt(key) || this.keys.includes(key);
  }

  /** These fields and more; of two of a name the new one counts, and undefined takes a field away. */
  with(more: LogFields): BoundFields {
    const [given, values]: [string[], unknown[]] = [[], []];
    readEntries(more, logBounds.fieldsMax, given, values);
    new Plainer().values(values);
    for (let index = 0; index < given.length; index += 1) {
      values[index] = redactor.field(given[index] as string, values[index]);
    }
    return this.#merge(given, values);
  }

  /** These fields over others. The last answer is kept: a logger and a request ask the same again and again. */
  over(below: BoundFields): BoundFields {
    if (below === BoundFields.none) return this;
    if (this === BoundFields.none) return below;
    if (this.#lastOver === null || this.#lastBelow !== below) {
      this.#lastBelow = below;
      this.#lastOver = below.#merge(this.keys, this.values);
    }
    return this.#lastOver;
  }

  #merge(moreKeys: readonly string[], moreValues: readonly unknown[]): BoundFields {
    const [keys, values]: [string[], unknown[]] = [[], []];
    for (let index = 0; index < this.keys.length; index += 1) {
      if (moreKeys.includes(this.keys[index] as string)) continue;
      keys.push(this.keys[index] as string);
      values.push(this.values[index]);
    }
    for (let index = 0; index < moreKeys.length; index += 1) {
      const key = moreKeys[index] as string;
      if (moreValues[index] === undefined || isReserved(key)) continue;
      keys.push(key);
      values.push(moreValues[index]);
    }
    return new BoundFields(keys, values);
  }

  #toRecord(): LogFields {
    const fields: Record<string, unknown> = Object.create(null);
    for (const [index, key] of this.keys.entries()) fields[key] = this.values[index];
    return fields;
  }
}
