import {
  type Context as ActiveContext,
  context,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Context } from "hono";
import {
  answerAttributes,
  exceptionEvent,
  requestAttributes,
  type ServerSpanSources,
  spanNameOf,
} from "./server-attributes.ts";
import { findRequest } from "./server-request.ts";

/**
 * What @hono/otel makes its spans with. It starts and ends them and holds them active; what they say is decided here,
 * by the conventions: a 4xx is no error of the server, an unmatched path has no route, no query value is told, an
 * exception is described without the values of a statement.
 */
export class ServerTracer implements Tracer {
  readonly #tracer: Tracer;
  readonly #sources: ServerSpanSources;

  constructor(tracer: Tracer, sources: ServerSpanSources) {
    this.#tracer = tracer;
    this.#sources = sources;
  }

  startSpan(name: string, options?: SpanOptions, active?: ActiveContext): Span {
    return this.#tracer.startSpan(name, options, active);
  }

  startActiveSpan<F extends (span: Span) => unknown>(...given: [string, ...unknown[]]): ReturnType<F> {
    const run = given[3] as (span: Span) => ReturnType<F>;
    const parent = given[2] as ActiveContext;
    const c = findRequest(parent);
    if (c === null) throw new Error("a server span was started outside serverSpan");
    const span = this.#tracer.startSpan(spanNameOf(c), { kind: SpanKind.SERVER }, parent);
    if (span.isRecording()) span.setAttributes(requestAttributes(c, this.#sources));
    const pen = new SpanPen(span, c, this.#sources);
    return context.with(trace.setSpan(parent, span), run, undefined, pen);
  }
}

/** A server span as @hono/otel may write on it: it says when the request is over and what escaped, and nothing else. */
class SpanPen implements Span {
  readonly #span: Span;
  readonly #c: Context;
  readonly #sources: ServerSpanSources;
  #thrown: unknown;

  constructor(span: Span, c: Context, sources: ServerSpanSources) {
    this.#span = span;
    this.#c = c;
    this.#sources = sources;
  }

  spanContext() {
    return this.#span.spanContext();
  }

  isRecording(): boolean {
    return this.#span.isRecording();
  }

  recordException(thrown: unknown): void {
    this.#thrown = thrown;
  }

  end(): void {
    const span = this.#span;
    if (span.isRecording()) this.#finish(span);
    span.end();
  }

  #finish(span: Span): void {
    const c = this.#c;
    const error = c.error ?? this.#thrown;
    // What no error handler has answered is answered by the server, with a 500.
    const status = this.#thrown !== undefined && c.error === undefined ? 500 : c.res.status;
    span.setAttributes(answerAttributes(c, status, this.#sources));
    if (status < 500) return;
    span.setStatus({ code: SpanStatusCode.ERROR });
    if (error !== undefined) span.addEvent("exception", exceptionEvent(error));
  }

  setAttribute(): this {
    return this;
  }
  setAttributes(): this {
    return this;
  }
  addEvent(): this {
    return this;
  }
  addLink(): this {
    return this;
  }
  addLinks(): this {
    return this;
  }
  setStatus(): this {
    return this;
  }
  updateName(): this {
    return this;
  }
}
