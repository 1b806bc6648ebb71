import type { Context, MiddlewareHandler } from "hono";
import { rateLimiter, type Store } from "hono-rate-limiter";
import { FoundationError } from "../errors/foundation-errors.ts";
import { addToRequestLine } from "../logging/log-context.ts";
import { findRateLimitFields, noteRateLimit, toHeaders } from "./fields.ts";
import { defaultCost } from "./route-cost.ts";
import type { RateLimitPolicy, RateLimitStore } from "./store.ts";

export interface RateLimitOptions {
  readonly policy: RateLimitPolicy;
  readonly store: RateLimitStore;
  /** Whose requests are counted together, such as {@link import("./client-address.ts").createClientAddress}'s. */
  readonly key: (c: Context) => string;
  /** Units that a request costs; 0 for one that is neither counted nor limited. 1 by default. */
  readonly cost?: (c: Context) => number;
  /** Told of each counted request, with the policy's name. */
  readonly onDecision?: (decision: "admitted" | "limited", policy: string) => void;
  /** Milliseconds of the wall clock. */
  readonly nowMs?: () => number;
}

/** What the library leaves on the context. */
interface LimitInfo {
  readonly used: number;
  readonly resetTime: Date;
}

/**
 * Limits what each key may spend in any window. Several may stand behind one another; a request must pass them all. Every
 * counted answer carries `RateLimit` and `RateLimit-Policy`, with a member for each.
 *
 * @throws {FoundationError} RATE_LIMITED past the limit, with `Retry-After` in whole seconds, at least 1; what the store
 * throws.
 */
export function rateLimit(options: RateLimitOptions): MiddlewareHandler {
  const { cost = () => defaultCost } = options;
  // The library counts by one: there is one of it for each cost that occurs.
  const limiters = new Map<number, MiddlewareHandler>();
  return (c, next) => {
    const units = cost(c);
    if (units === 0) return next();
    let limiter = limiters.get(units);
    if (limiter === undefined) {
      limiter = createLimiter(options, units);
      limiters.set(units, limiter);
    }
    return limiter(c, next);
  };
}

function createLimiter(options: RateLimitOptions, cost: number): MiddlewareHandler {
  const { policy, onDecision, nowMs = Date.now } = options;
  const { name, limit, windowSeconds } = policy;
  const property = `rateLimit:${name}`;
  const infoOf = (c: Context) => c.get(property) as LimitInfo;

  const note = (c: Context, remaining: number, seconds: number) => {
    addToRequestLine({ "rate_limit.policy": name, "rate_limit.limit": limit, "rate_limit.remaining": remaining });
    return noteRateLimit(c, policy, { remaining, seconds });
  };

  const limiter = rateLimiter({
    limit,
    windowMs: windowSeconds * 1_000,
    standardHeaders: false,
    requestPropertyName: property,
    keyGenerator: options.key,
    store: createStore(options, cost, nowMs),
    handler: (c) => {
      const { used, resetTime } = infoOf(c);
      onDecision?.("limited", name);
      const seconds = secondsUntil(resetTime, nowMs());
      const fields = note(c, limit - (used - Math.min(cost, limit)), seconds);
      const detail = `The limit is ${limit} in ${windowSeconds} seconds. Come back in ${seconds} s.`;
      const headers = { ...toHeaders(fields), "Retry-After": String(seconds) };
      throw new FoundationError("RATE_LIMITED", { detail, headers });
    },
  });

  return (c, next) =>
    limiter(c, async () => {
      const { used, resetTime } = infoOf(c);
      onDecision?.("admitted", name);
      const outermost = findRateLimitFields(c) === undefined;
      if (used > 0) note(c, limit - used, secondsUntil(resetTime, nowMs()));
      await next();
      if (outermost) writeFields(c);
    });
}

/**
 * Our store in the library's shape. What it calls hits are units; a refused request has not spent any, and is told by what it
 * would have come to. None at all is a request that the store could not count.
 */
function createStore({ store, policy }: RateLimitOptions, cost: number, nowMs: () => number): Store {
  const wanted = Math.min(cost, policy.limit);
  return {
    async increment(key) {
      const charge = await store.take(policy, key, cost);
      if (charge === null) return { totalHits: 0, resetTime: new Date(nowMs()) };
      const totalHits = charge.admitted ? charge.spent : charge.spent + wanted;
      return { totalHits, resetTime: new Date(nowMs() + charge.waitMs) };
    },
    decrement: unused,
    resetKey: unused,
  };
}

/** For options of the library that are not set here. */
function unused(): never {
  throw new Error("the rate limiter gives nothing back");
}

/** After the handler, as one that returns a `Response` of its own drops the headers that were set before it. */
function writeFields(c: Context): void {
  const fields = findRateLimitFields(c);
  if (fields === undefined) return;
  c.res.headers.set("RateLimit", fields.limits);
  c.res.headers.set("RateLimit-Policy", fields.policies);
}

function secondsUntil(time: Date, nowMs: number): number {
  return Math.max(1, Math.ceil((time.getTime() - nowMs) / 1_000));
}
