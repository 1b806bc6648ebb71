import type { Context } from "hono";
import type { RateLimitPolicy } from "./store.ts";

/** What the answer will say of the limits that its request has met so far. */
export interface RateLimitFields {
  /** `RateLimit-Policy`. */
  policies: string;
  /** `RateLimit`. */
  limits: string;
}

const variable = "rateLimitFields";

/** What was noted of the limits that the request has met, or undefined. */
export function findRateLimitFields(c: Context): RateLimitFields | undefined {
  return c.get(variable) as RateLimitFields | undefined;
}

/**
 * Notes how a policy stands, for the two header fields: their members are Items of RFC 9651, one for each policy that the request met.
 * `r` is what is left, and `t` the seconds until more is.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10
 */
export function noteRateLimit(
  c: Context,
  policy: RateLimitPolicy,
  { remaining, seconds }: { readonly remaining: number; readonly seconds: number },
): RateLimitFields {
  const declaration = `"${policy.name}";q=${policy.limit};w=${policy.windowSeconds}`;
  const state = `"${policy.name}";r=${remaining};t=${seconds}`;
  const fields = findRateLimitFields(c);
  if (fields === undefined) {
    const first = { policies: declaration, limits: state };
    c.set(variable, first);
    return first;
  }
  fields.policies += `, ${declaration}`;
  fields.limits += `, ${state}`;
  return fields;
}

/** The fields as they are written on an answer. */
export function toHeaders({ policies, limits }: RateLimitFields) {
  return { RateLimit: limits, "RateLimit-Policy": policies };
}
