import type { Context, MiddlewareHandler, Next } from "hono";
import { v7 as uuidV7 } from "uuid";
import { withLogContext } from "../logging/log-context.ts";
import { createTraceContext, findActiveSpan, formatTraceparent, type SpanPlace } from "../telemetry/trace-context.ts";
import { measureAnswer } from "./answer-size.ts";
import { findRoutePattern } from "./route-pattern.ts";

/** What `requestContext` puts on every request's context. */
export interface RequestVariables {
  /** The caller's `X-Request-ID` where it was acceptable, or one made here. */
  requestId: string;
  /** The server span; where nothing is traced, ids made as for one. */
  trace: SpanPlace;
  /** On the monotonic clock, in milliseconds: only for differences. */
  startedAt: number;
  /** The id of the error that was answered; set by the error mapper. */
  errorId?: string;
  /** The bytes of the body that was answered; absent for a stream, and for what a handler made by other means. */
  answerBytes?: number;
}

/**
 * What is done with an answer before it goes: at once, and without throwing. `escaped` is what nobody has answered, where the
 * request itself fails; there is no answer then.
 */
export type AnswerStep = (c: Context<{ Variables: RequestVariables }>, escaped: unknown) => void;

export interface RequestContextOptions {
  /** Makes a request id where the caller brought none; UUIDv7 by default. */
  readonly newRequestId?: () => string;
  /** Monotonic milliseconds; `performance.now` by default. */
  readonly elapsedMs?: () => number;
  /** Done with every answer, in this order. */
  readonly onAnswer?: readonly AnswerStep[];
}

type RequestEnv = { Variables: RequestVariables };

const requestIdPattern = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

/**
 * The outermost middleware, within `serverSpan` where there is one: gives a request its ids and trace, to every log line of it too, puts
 * `X-Request-ID` and `traceparent` on every answer, whoever made it, and has done with it what `onAnswer` lists. An `X-Request-ID` is
 * taken over only if it is 1 to 128 characters of `A–Z a–z 0–9 . _ : / + = @ -`; anything else is replaced, never
 * refused.
 *
 * @see https://www.w3.org/TR/trace-context/
 */
export function requestContext(options: RequestContextOptions = {}): MiddlewareHandler<RequestEnv> {
  const newRequestId = options.newRequestId ?? uuidV7;
  const elapsedMs = options.elapsedMs ?? (() => performance.now());
  const steps: readonly AnswerStep[] = [identifyAnswer, ...(options.onAnswer ?? [])];

  async function serve(c: Context<RequestEnv>, next: Next): Promise<void> {
    measureAnswer(c);
    let escaped: unknown;
    try {
      await next();
    } catch (thrown) {
      escaped = thrown ?? new Error(`${thrown} was thrown`);
      throw thrown;
    } finally {
      for (const step of steps) step(c, escaped);
    }
  }

  return (c, next) => {
    const trace = findActiveSpan() ?? createTraceContext(c.req.header("traceparent") ?? null);
    const offered = c.req.header("x-request-id");
    const requestId = offered !== undefined && requestIdPattern.test(offered) ? offered : newRequestId();
    c.set("startedAt", elapsedMs());
    c.set("requestId", requestId);
    c.set("trace", trace);
    const route = findRoutePattern(c) ?? undefined;
    const fields = { request_id: requestId, "http.request.method": c.req.method, "http.route": route };
    return withLogContext(fields, () => serve(c, next), trace);
  };
}

/** Not by `c.header`, which makes another response of one that is finished, its body a stream. */
const identifyAnswer: AnswerStep = (c, escaped) => {
  if (escaped !== undefined) return;
  c.res.headers.set("X-Request-ID", c.get("requestId"));
  c.res.headers.set("traceparent", formatTraceparent(c.get("trace")));
};
