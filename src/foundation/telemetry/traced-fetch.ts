import {
  type Attributes,
  context,
  isSpanContextValid,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Redactor } from "../logging/redaction/redactor.ts";
import { errorTypeOf } from "./error-type.ts";
import { redactUrl } from "./redacted-url.ts";
import { formatTraceparent } from "./trace-context.ts";

export interface TracedFetchOptions {
  readonly tracer: Tracer;
  readonly redactor: Redactor;
  /** The `fetch` that does the work: the runtime's own by default. */
  readonly fetch?: typeof fetch;
  /** Where no trace may follow: the receivers of telemetry itself. */
  readonly excludedOrigins?: ReadonlySet<string>;
}

type FetchArguments = Parameters<typeof fetch>;

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ (`http.request.method`) */
const knownMethods = new Set(["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"]);

/**
 * A `fetch` that makes a CLIENT span of each request and sends `traceparent` and `tracestate` along, over whatever the
 * caller had put there. In all else it is the `fetch` that it was given: the same arguments, promise, response, body
 * and errors; what cannot be sent fails as it would have.
 *
 * The span ends with the answer's head, as the body is the caller's to read or to leave. 4xx and 5xx are errors of a
 * client; so is an abort.
 *
 * @example
 * const tracedFetch = createTracedFetch({ tracer, redactor: createRedactor() });
 * await tracedFetch("https://rates.example/latest");
 */
export function createTracedFetch(options: TracedFetchOptions): typeof fetch {
  const { tracer, redactor, excludedOrigins = new Set() } = options;
  const plainFetch = options.fetch ?? globalThis.fetch;

  async function send(...[input, init]: FetchArguments): Promise<Response> {
    const url = urlOf(input);
    if (url === null || !/^https?:$/.test(url.protocol) || excludedOrigins.has(url.origin)) {
      return plainFetch(input, init);
    }
    const { name, attributes } = nameMethod(init?.method ?? (input instanceof Request ? input.method : "GET"));
    const active = context.active();
    const span = tracer.startSpan(name, { kind: SpanKind.CLIENT }, active);
    if (span.isRecording()) span.setAttributes(attributes).setAttributes(describeUrl(url, redactor));
    try {
      const response = await context.with(trace.setSpan(active, span), () =>
        plainFetch(input, withTrace(span, input, init)),
      );
      endAnswered(span, response.status);
      return response;
    } catch (error) {
      span.setAttribute("error.type", errorTypeOf(error)).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      throw error;
    }
  }

  // Whatever else hangs on the runtime's function (Bun: `preconnect`) stays on it.
  return new Proxy(plainFetch, { apply: (_, __, args: FetchArguments) => send(...args) });
}

/**
 * Puts a traced `fetch` in the place of the global one, for code that cannot be handed it.
 *
 * @returns what undoes it. Where something else has taken the place meanwhile, that stays, and what it calls is plain
 *   again.
 */
export function patchGlobalFetch(options: Omit<TracedFetchOptions, "fetch">): () => void {
  const plainFetch = globalThis.fetch;
  const tracedFetch = createTracedFetch({ ...options, fetch: plainFetch });
  let undone = false;
  const patched = new Proxy(plainFetch, {
    apply: (_, __, args: FetchArguments) => (undone ? plainFetch(...args) : tracedFetch(...args)),
  });
  globalThis.fetch = patched;
  return () => {
    undone = true;
    if (globalThis.fetch === patched) globalThis.fetch = plainFetch;
  };
}

/** Null for what `fetch` itself will refuse. */
function urlOf(input: FetchArguments[0]): URL | null {
  if (input instanceof URL) return input;
  return URL.parse(input instanceof Request ? input.url : String(input));
}

function nameMethod(method: string): { readonly name: string; readonly attributes: Attributes } {
  const upper = method.toUpperCase();
  if (knownMethods.has(upper)) return { name: upper, attributes: { "http.request.method": upper } };
  const original = method.slice(0, 64);
  return {
    name: "HTTP",
    attributes: { "http.request.method": "_OTHER", "http.request.method_original": original },
  };
}

function describeUrl(url: URL, redactor: Redactor): Attributes {
  const port = url.port === "" ? defaultPorts[url.protocol] : Number(url.port);
  return { "server.address": url.hostname, "server.port": port, "url.full": redactUrl(url, redactor) };
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** The caller's settings with the trace in the headers; as they are where there is no trace to send. */
function withTrace(span: Span, input: FetchArguments[0], init: FetchArguments[1]): FetchArguments[1] {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  if (!isSpanContextValid(span.spanContext())) return init;
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
  headers.set("traceparent", formatTraceparent({ traceId, spanId, sampled: (traceFlags & 1) === 1 }));
  const state = traceState?.serialize() ?? "";
  if (state === "") headers.delete("tracestate");
  else headers.set("tracestate", state);
  if (init === undefined) return { headers };
  // Not copied: it may be a `Request`, or another class whose fields a copy would lose.
  return new Proxy(init, { get: (own, key) => (key === "headers" ? headers : Reflect.get(own, key, own)) });
}

function endAnswered(span: Span, status: number): void {
  span.setAttribute("http.response.status_code", status);
  if (status >= 400) span.setAttribute("error.type", String(status)).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
