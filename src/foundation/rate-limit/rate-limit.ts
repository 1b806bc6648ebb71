import type { Context, MiddlewareHandler } from "hono";
import { rateLimiter, type Store } from "hono-rate-limiter";
import { FoundationError } from "../errors/foundation-errors.ts";
import { isProbe } from "../http/probes.ts";
import { addToRequestLine } from "../logging/log-context.ts";
import { MemoryStore } from "./memory-store.ts";

export interface RateLimitOptions {
  /** Requests that one client may make in a window. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** Whose requests are counted together, usually {@link import("./client-address.ts").clientAddress}. */
  readonly key: (c: Context) => string;
  /** Paths that are neither counted nor limited. */
  readonly exempt?: (path: string) => boolean;
  readonly now?: () => Date;
  /** Where hits are counted: this process's memory by default. */
  readonly store?: Store;
  /** Told of each counted request, with the limiter's policy (`100;w=60`). */
  readonly onDecision?: (decision: "admitted" | "limited", policy: string) => void;
}

/**
 * Limits each client's requests in a fixed window. Every counted answer carries `RateLimit` and `RateLimit-Policy`
 * (draft 7 of the IETF's RateLimit fields).
 *
 * @throws {FoundationError} RATE_LIMITED past the limit, with `Retry-After` in whole seconds, at least 1.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-07
 */
export function rateLimit(options: RateLimitOptions): MiddlewareHandler {
  const { limit, windowSeconds } = options;
  const windowMs = windowSeconds * 1_000;
  const now = options.now ?? (() => new Date());
  const exempt = options.exempt ?? (() => false);
  const policy = `${limit};w=${windowSeconds}`;
  const { onDecision } = options;

  // The library's own headers read the system clock, so they are made here.
  const headersOf = (c: Context): { resetSeconds: number; headers: Record<string, string> } => {
    const { remaining, resetTime } = c.get("rateLimit") as { remaining: number; resetTime: Date };
    const resetSeconds = Math.max(1, Math.ceil((resetTime.getTime() - now().getTime()) / 1_000));
    addToRequestLine({ "rate_limit.limit": limit, "rate_limit.remaining": remaining });
    const headers = {
      RateLimit: `limit=${limit}, remaining=${remaining}, reset=${resetSeconds}`,
      "RateLimit-Policy": policy,
    };
    return { resetSeconds, headers };
  };

  const limiter = rateLimiter({
    limit,
    windowMs,
    standardHeaders: false,
    keyGenerator: options.key,
    skip: (c) => exempt(c.req.path),
    store: options.store ?? new MemoryStore({ windowMs, now }),
    handler: (c) => {
      onDecision?.("limited", policy);
      const { resetSeconds, headers } = headersOf(c);
      const detail = `More than ${limit} requests in ${windowSeconds} seconds. Come back in ${resetSeconds} s.`;
      throw new FoundationError("RATE_LIMITED", {
        detail,
        headers: { ...headers, "Retry-After": String(resetSeconds) },
      });
    },
  });

  return (c, next) =>
    limiter(c, async () => {
      if (!exempt(c.req.path)) {
        onDecision?.("admitted", policy);
        for (const [name, value] of Object.entries(headersOf(c).headers)) c.header(name, value);
      }
      await next();
    });
}

/** `/health`, `/health/live`, `/health/ready`, `/docs` and what lies under `/docs/`: what people and probes must reach whatever the traffic. */
export function isProbeOrDocs(path: string): boolean {
  return isProbe(path) || path === "/docs" || path.startsWith("/docs/");
}
