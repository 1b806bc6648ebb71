/** An error as a log record: what it was, where it came from, and what lay under it. */
export interface ErrorDescription {
  readonly type: string;
  /** Absent for a database error, whose message may quote the values of a statement. */
  readonly message?: string;
  readonly stack?: string;
  readonly sqlstate?: string;
  readonly constraint?: string;
  readonly table?: string;
  /** A statement's text, with placeholders where its parameters go. */
  readonly statement?: string;
  readonly meta?: unknown;
  readonly cause?: ErrorDescription;
  readonly errors?: readonly ErrorDescription[];
}

const depthMax = 8;
const aggregatedMax = 5;
const textLengthMax = 8_192;

/**
 * Describes whatever was thrown, causes included (8 deep), for a log. Of a database error, and of drizzle's wrapper
 * around one, only the SQLSTATE, constraint, table and statement text are kept: their messages quote parameters.
 * Never throws.
 */
export function describeError(error: unknown): ErrorDescription {
  try {
    return describe(error, 0);
  } catch {
    return { type: "unreadable", message: "the thrown value could not be read" };
  }
}

function describe(error: unknown, depth: number): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: clip(describeValue(error)) };
  const quotesValues = isDatabaseError(error);
  const stack = quotesValues ? framesOf(error) : error.stack;
  const deeper = depth + 1 < depthMax;
  const { cause } = error;
  return {
    type: error.name === "Error" || error.name === "AppError" ? error.constructor.name : error.name,
    ...(quotesValues ? {} : { message: clip(error.message) }),
    ...databaseFields(error),
    ...("meta" in error && isFilled(error.meta) ? { meta: error.meta } : {}),
    ...(stack === undefined || stack === "" ? {} : { stack: clip(stack) }),
    ...(cause !== undefined && deeper ? { cause: describe(cause, depth + 1) } : {}),
    ...(error instanceof AggregateError && deeper
      ? { errors: error.errors.slice(0, aggregatedMax).map((each: unknown) => describe(each, depth + 1)) }
      : {}),
  };
}

/** PostgreSQL's own errors (a five-character SQLSTATE with a severity) and drizzle's wrapper (a query with params). */
function isDatabaseError(error: Error): boolean {
  if (error.name === "PostgresError" || ("query" in error && "params" in error)) return true;
  return "severity" in error && "code" in error && /^[0-9A-Z]{5}$/.test(String(error.code));
}

function databaseFields(error: Error): Pick<ErrorDescription, "sqlstate" | "constraint" | "table" | "statement"> {
  if (!isDatabaseError(error)) return {};
  const wanted = { sqlstate: "code", constraint: "constraint_name", table: "table_name", statement: "query" } as const;
  const fields: Record<string, string> = {};
  for (const [name, property] of Object.entries(wanted)) {
    const value: unknown = Reflect.get(error, property);
    if (typeof value === "string" && value !== "") fields[name] = clip(value);
  }
  return fields;
}

/** The frames of a stack without the message that heads it; nothing at all where the message cannot be told apart. */
function framesOf(error: Error): string {
  const stack = error.stack ?? "";
  const start = stack.indexOf(error.message);
  if (start === -1) return "";
  return stack.slice(start + error.message.length).replace(/^\n/, "");
}

function describeValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return `an object of ${Object.keys(value).length} properties, not an Error`;
}

function isFilled(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function clip(text: string): string {
  return text.length > textLengthMax ? `${text.slice(0, textLengthMax)}…` : text;
}
