import { defineErrors } from "./app-error.ts";

/** What the foundation itself may answer. An application spreads this table into its own catalogue. */
export const foundationErrors = {
  BODY_TOO_LARGE: {
    status: 413,
    title: "The request body is too large",
    retryable: false,
    meaning: "The body is longer than this API accepts.",
    remedy: "Send less at once: split a bulk request into several.",
  },
  URI_TOO_LONG: {
    status: 414,
    title: "The request target is too long",
    retryable: false,
    meaning: "The path and query together are longer than this API accepts.",
    remedy: "Shorten the query; page through a list with its cursor instead of naming everything at once.",
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: "The request headers are too large",
    retryable: false,
    meaning: "The header fields together are longer than this API accepts.",
    remedy: "Send fewer or shorter header fields; large cookies are the usual cause.",
  },
  RATE_LIMITED: {
    status: 429,
    title: "Too many requests",
    retryable: true,
    meaning: "The request limit of the current window is spent.",
    remedy: "Wait as many seconds as Retry-After says, then send the same request again.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: "The content type is not supported",
    retryable: false,
    meaning: "This route takes a JSON body and the request's Content-Type says otherwise.",
    remedy: "Send Content-Type: application/json.",
  },
  BODY_MALFORMED: {
    status: 400,
    title: "The request body is not valid JSON",
    retryable: false,
    meaning: "The body could not be read as one JSON text in UTF-8 with unique keys.",
    remedy: "Correct the syntax; the detail says where reading stopped.",
  },
  VALIDATION_FAILED: {
    status: 400,
    title: "The request does not fit its schema",
    retryable: false,
    meaning: "A path segment, query parameter, header or body field is missing, unknown or of the wrong form.",
    remedy: "Each item of errors[] names one field and what is wrong with it. /docs has the schemas.",
  },
  PRECONDITION_REQUIRED: {
    status: 428,
    title: "The request needs an If-Match header",
    retryable: false,
    meaning: "This change is accepted only for a version that the caller has seen, and the request does not say which.",
    remedy: "Read the object and send its ETag as If-Match; `*` accepts whatever there is.",
  },
  PRECONDITION_FAILED: {
    status: 412,
    title: "The object has changed since it was read",
    retryable: false,
    meaning: "If-Match names another version than the present one, so the change was not made.",
    remedy: "Read the object again, decide anew, and send the new ETag as If-Match.",
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: "There is no such route",
    retryable: false,
    meaning: "No route of this API has that path.",
    remedy: "Compare the path with /docs.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: "The method is not allowed here",
    retryable: false,
    meaning: "The path exists, but not with this method.",
    remedy: "Use one of the methods that the Allow header lists.",
  },
  CONFLICT: {
    status: 409,
    title: "The request conflicts with what is stored",
    retryable: false,
    meaning: "A uniqueness or reference rule of the database refused the change.",
    remedy: "Read the current state and decide again.",
  },
  POOL_TIMEOUT: {
    status: 503,
    title: "The database is busy",
    retryable: true,
    meaning: "No database connection became free within the time that a request may wait for one. Nothing was written.",
    remedy: "Send the request again after Retry-After.",
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: "The database cannot be reached",
    retryable: true,
    meaning: "The connection to the database failed before anything was committed. Nothing was written.",
    remedy: "Send the request again after Retry-After.",
  },
  STATEMENT_TIMEOUT: {
    status: 503,
    title: "The database took too long",
    retryable: true,
    meaning: "A statement or a lock took longer than allowed and was cancelled. Nothing was written.",
    remedy: "Send the request again; ask for less at once if it keeps happening.",
  },
  TRANSACTION_CONFLICT: {
    status: 503,
    title: "Concurrent changes kept colliding",
    retryable: true,
    meaning: "The transaction was tried several times and lost to concurrent ones each time. Nothing was written.",
    remedy: "Send the request again after Retry-After.",
  },
  COMMIT_OUTCOME_UNKNOWN: {
    status: 503,
    title: "It is not known whether the change was stored",
    retryable: true,
    meaning: "The connection to the database was lost while the transaction was being committed.",
    remedy: "Repeat the request with the same Idempotency-Key, or read the state back before repeating it.",
  },
  INTERNAL: {
    status: 500,
    title: "Something went wrong on our side",
    retryable: false,
    meaning: "An unexpected fault. The operator finds its cause by the ids in the body.",
    remedy: "Quote error_id, request_id and trace_id when you report it.",
  },
} as const;

/** The foundation's own errors, thrown by the foundation only. */
export const { AppError: FoundationError } = defineErrors(foundationErrors);
