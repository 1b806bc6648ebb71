import type { Context, ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { BaseAppError, type FieldFault } from "./app-error.ts";
import { FoundationError, type foundationErrors } from "./foundation-errors.ts";

/** The body of every error answer (RFC 9457, with this API's extension members). */
export interface Problem {
  /** URL of the page that says what the error means and what to do. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path of the request, without its query. */
  readonly instance: string;
  readonly error_id: string;
  readonly request_id: string;
  readonly trace_id: string;
  /** Only where there are bad fields to name. */
  readonly errors?: readonly FieldFault[];
}

export interface ProblemContext {
  readonly instance: string;
  readonly requestId: string;
  readonly traceId: string;
  readonly typeUrl: (errorId: string) => string;
}

/** Gives a known error for a foreign one (a driver's, a library's), or null to leave it unknown. */
export type MapUnknown = (error: unknown) => BaseAppError | null;

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Problem;
}

export const problemContentType = "application/problem+json";

/** Longest path echoed in `instance`, in characters: a 414 does not send the whole target back. */
const instanceLengthMax = 1_024;

const httpExceptionIds: Readonly<Record<number, keyof typeof foundationErrors>> = {
  400: "BODY_MALFORMED",
  404: "ROUTE_NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  413: "BODY_TOO_LARGE",
  414: "URI_TOO_LONG",
  415: "UNSUPPORTED_MEDIA_TYPE",
  429: "RATE_LIMITED",
  431: "HEADERS_TOO_LARGE",
};

/**
 * Turns whatever was thrown into the error that is answered: an application error as itself, then what `mapUnknown`
 * knows, then Hono's own `HTTPException`, and otherwise INTERNAL with the catalogue's fixed text, whose `cause` is
 * the error that was thrown. No text of an unexpected error gets into it.
 */
export function mapError(error: unknown, mapUnknown?: MapUnknown): BaseAppError {
  if (error instanceof BaseAppError) return error;
  const mapped = mapUnknown?.(error) ?? null;
  if (mapped !== null) return mapped;
  const errorId = error instanceof HTTPException ? httpExceptionIds[error.status] : undefined;
  return new FoundationError(errorId ?? "INTERNAL", { cause: error });
}

/**
 * The answer for an error: status, headers and a body by RFC 9457. Only the catalogue's title and the error's public
 * `detail`, `fields` and `headers` are in it. A retryable 503 always carries `Retry-After`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export function toProblem(error: unknown, context: ProblemContext, mapUnknown?: MapUnknown): ProblemAnswer {
  const known = mapError(error, mapUnknown);
  const { status, title, retryable } = known.definition;
  return {
    status,
    headers: { ...(retryable && status === 503 ? { "Retry-After": "1" } : {}), ...known.headers },
    body: {
      type: context.typeUrl(known.errorId),
      title,
      status,
      detail: known.detail,
      instance: context.instance.slice(0, instanceLengthMax),
      error_id: known.errorId,
      request_id: context.requestId,
      trace_id: context.traceId,
      ...(known.fields.length > 0 ? { errors: known.fields } : {}),
    },
  };
}

export interface ErrorMapperOptions {
  readonly mapUnknown?: MapUnknown;
  /** Where this API is reached from outside (`https://books.example.com`); without it, the origin of each request. */
  readonly publicUrl?: string | undefined;
}

/**
 * Hono's error handler for the whole app (`app.onError`). The ids come from the `requestId` and `trace` variables
 * that `requestContext` sets; the answer's error id is left in the `errorId` variable for the request logger, and the
 * error itself in `c.error`. It logs nothing: one place does.
 *
 * Hono hands only `Error` objects to it; mount `thrownGuard` so that any other thrown value arrives as one.
 */
export function createErrorMapper(options: ErrorMapperOptions = {}): ErrorHandler {
  const configured = options.publicUrl?.replace(/\/+$/, "");
  return (error, c) => {
    const typeUrl = (errorId: string): string =>
      `${configured ?? URL.parse(c.req.url)?.origin ?? ""}/errors/${errorId}`;
    const context = { instance: c.req.path, ...idsOf(c), typeUrl };
    const { status, headers, body } = toProblem(error, context, options.mapUnknown);
    c.set("errorId", body.error_id);
    c.error = error;
    const fields = { ...headers, "Content-Type": problemContentType };
    if (c.req.method === "HEAD") return c.body(null, status as ContentfulStatusCode, fields);
    return c.text(JSON.stringify(body), status as ContentfulStatusCode, fields);
  };
}

function idsOf(c: Context): { requestId: string; traceId: string } {
  const requestId: unknown = c.get("requestId");
  const trace: unknown = c.get("trace");
  const traceId = typeof trace === "object" && trace !== null && "traceId" in trace ? trace.traceId : "";
  return {
    requestId: typeof requestId === "string" ? requestId : "",
    traceId: typeof traceId === "string" ? traceId : "",
  };
}
