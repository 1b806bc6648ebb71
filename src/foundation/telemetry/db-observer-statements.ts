import { type Attributes, SpanKind, type SpanOptions } from "@opentelemetry/api";
import { summariseStatement } from "./db-observer-summary.ts";

/** What is known of a statement from its text alone, in the shapes that spans and metrics take. */
export interface KnownStatement {
  /** The span's name: operation and targets. */
  readonly summary: string;
  readonly spanOptions: SpanOptions;
  readonly metricAttributes: Attributes;
}

/** Programs have a few hundred texts; one that makes them up as it goes has the oldest forgotten. */
const textsMax = 1_000;
const textCharsMax = 8_192;
const summaryCharsMax = 255;

/**
 * Describes statements by the stable database conventions, once a distinct text.
 *
 * @param connection - the attributes that all statements of one database share
 * @see https://opentelemetry.io/docs/specs/semconv/database/database-spans/
 */
export function createStatementTable(connection: Attributes): (text: string) => KnownStatement {
  const known = new Map<string, KnownStatement>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = describe(text, connection);
    const [oldest] = known.keys();
    if (known.size >= textsMax && oldest !== undefined) known.delete(oldest);
    known.set(text, made);
    return made;
  };
}

function describe(text: string, connection: Attributes): KnownStatement {
  const { operation, targets } = summariseStatement(text);
  const [only] = targets;
  const summary = [operation, ...targets].join(" ").slice(0, summaryCharsMax);
  const metricAttributes: Attributes = {
    ...connection,
    "db.operation.name": operation,
    ...(targets.length === 1 && only !== undefined ? { "db.collection.name": only } : {}),
    "db.query.summary": summary,
  };
  const attributes = { ...metricAttributes, "db.query.text": shown(text) };
  return { summary, spanOptions: { kind: SpanKind.CLIENT, attributes }, metricAttributes };
}

/** Without the indentation of the code that it stands in. */
function shown(text: string): string {
  return text.trim().replace(/\n\s+/g, "\n").slice(0, textCharsMax);
}
