/** What a catalogue says of one error id. */
export interface ErrorDefinition {
  /** The HTTP status that carries it. */
  readonly status: number;
  /** A short summary that never changes from one occurrence to the next. */
  readonly title: string;
  /** Whether the same request may succeed if it is simply sent again. */
  readonly retryable: boolean;
  /** What has happened, for whoever looks the id up. */
  readonly meaning: string;
  /** What the caller can do about it. */
  readonly remedy: string;
}

/** One bad field of a request: where it is (RFC 6901 JSON pointer) and what is wrong with it. */
export interface FieldFault {
  readonly pointer: string;
  readonly detail: string;
  /** The catalogue's id for this fault, where it has one of its own. */
  readonly error_id?: string;
}

export interface AppErrorOptions {
  /** Public by contract: it is sent to the caller as it stands. Defaults to the catalogue's title. */
  readonly detail?: string;
  /** The bad fields, for `errors[]`. */
  readonly fields?: readonly FieldFault[];
  /** Headers that belong to the answer (`Allow`, `Retry-After`, `WWW-Authenticate`). */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log alone; never sent. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** The error underneath; for the log alone. */
  readonly cause?: unknown;
}

/**
 * The root of every error that is answered as itself. Its status and title come from a catalogue, never from the
 * place that throws. Made by {@link defineErrors}.
 */
export abstract class BaseAppError extends Error {
  readonly errorId: string;
  readonly definition: ErrorDefinition;
  readonly detail: string;
  readonly fields: readonly FieldFault[];
  readonly headers: Readonly<Record<string, string>>;
  readonly meta: Readonly<Record<string, unknown>>;

  constructor(errorId: string, definition: ErrorDefinition, options: AppErrorOptions = {}) {
    const detail = options.detail ?? definition.title;
    super(`${errorId}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.errorId = errorId;
    this.definition = definition;
    this.detail = detail;
    this.fields = options.fields ?? [];
    this.headers = options.headers ?? {};
    this.meta = options.meta ?? {};
  }

  get status(): number {
    return this.definition.status;
  }
}

/**
 * Binds a catalogue to an error class: `new AppError("NOT_FOUND")` compiles only for the catalogue's own ids.
 *
 * @example
 * const { AppError } = defineErrors({
 *   TEAPOT: { status: 418, title: "I'm a teapot", retryable: false, meaning: "…", remedy: "Ask for tea." },
 * });
 * throw new AppError("TEAPOT");
 */
export function defineErrors<const Table extends Readonly<Record<string, ErrorDefinition>>>(catalogue: Table) {
  class AppError extends BaseAppError {
    constructor(errorId: keyof Table & string, options?: AppErrorOptions) {
      const definition = catalogue[errorId];
      if (definition === undefined) throw new TypeError(`no error ${errorId} in the catalogue`);
      super(errorId, definition, options);
    }
  }
  return { AppError, catalogue };
}
