import type { LogFields } from "./log-record.ts";
import { createRedactor } from "./redaction/redactor.ts";
import { logBounds, Plainer, readEntries } from "./to-plain.ts";

const redactor = createRedactor();

/** Whether a name is one of the line's own head: no field can take its place. */
export function isReserved(key: string): boolean {
  return key === "timestamp" || key === "level" || key === "message";
}

/** What a line's own fields may not be called without a look; `__proto__` cannot be set plainly. */
const looked = { timestamp: true, level: true, message: true, trace_id: true, span_id: true, ["__proto__"]: true };

function withoutPrototype(fields: LogFields): LogFields {
  return Object.assign(Object.create(null), fields);
}

/**
 * Fields that many lines carry: made plain and redacted once, when they are bound, and written out once by each
 * renderer. Immutable.
 */
export class BoundFields {
  static readonly none = new BoundFields({});

  /** Without a prototype, so that `in` sees the fields alone. */
  readonly fields: LogFields;
  /** The names that no field of a line's own can have beside these. */
  readonly taken: LogFields;
  readonly namesTrace: boolean;
  /** What a renderer made of the fields; kept here for its next line. */
  rendered: { readonly by: unknown; readonly text: string } | null = null;
  #lastBelow: BoundFields | null = null;
  #lastOver: BoundFields | null = null;

  private constructor(fields: LogFields) {
    this.fields = withoutPrototype(fields);
    this.taken = withoutPrototype({ ...fields, ...looked });
    this.namesTrace = "trace_id" in this.fields || "span_id" in this.fields;
  }

  /** These fields and more; of two of a name the new one counts, and undefined takes a field away. */
  with(more: LogFields): BoundFields {
    const fields: Record<string, unknown> = { ...this.fields };
    const [keys, values]: [string[], unknown[]] = [[], []];
    readEntries(more, logBounds.fieldsMax, keys, values);
    new Plainer().values(values);
    for (const [index, key] of keys.entries()) {
      const value = values[index];
      if (isReserved(key)) continue;
      if (value === undefined) delete fields[key];
      else fields[key] = redactor.field(key, value);
    }
    return new BoundFields(fields);
  }

  /** These fields over others. The last answer is kept: a logger and a request ask the same again and again. */
  over(below: BoundFields): BoundFields {
    if (below === BoundFields.none) return this;
    if (this === BoundFields.none) return below;
    if (this.#lastOver === null || this.#lastBelow !== below) {
      this.#lastBelow = below;
      this.#lastOver = new BoundFields({ ...below.fields, ...this.fields });
    }
    return this.#lastOver;
  }
}
