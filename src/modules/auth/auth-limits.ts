import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv, Deps, UserEnv } from "../../deps.ts";
import { AppError, type ErrorId } from "../../errors.ts";
import { noteRateLimit, rateLimit, routeCost, unknownAddress } from "../../foundation/rate-limit/index.ts";
import { sha256Hex } from "../../foundation/sha256.ts";
import { createDecisionCounter } from "../../foundation/telemetry/index.ts";
import { type AttemptCharge, PasswordAttempts } from "./password-attempts.ts";

/** The limits that authentication puts beside the one by address. */
export interface AuthLimits {
  /** What one user may spend, whatever credentials it comes with and from wherever. */
  readonly principal: MiddlewareHandler<UserEnv>;
  /** By address, on what anybody may send: attempts at passwords, registrations, refreshes. */
  readonly password: MiddlewareHandler;
  readonly registration: MiddlewareHandler;
  readonly refresh: MiddlewareHandler;
  readonly attempts: PasswordAttempts;
}

const limitsOf = new WeakMap<Deps, AuthLimits>();

/** The limits of an application, made from what it stands on at the first call. */
export function getAuthLimits(deps: Deps): AuthLimits {
  const known = limitsOf.get(deps);
  if (known !== undefined) return known;
  const { requests, windowSeconds, auth } = deps.config.rateLimit;
  const shared = {
    store: deps.rateLimits,
    nowMs: () => deps.clock.now().getTime(),
    onDecision: createDecisionCounter(deps.telemetry.meter),
  };
  const byAddress = (name: string): MiddlewareHandler =>
    rateLimit({
      ...shared,
      policy: { name, limit: auth.requests, windowSeconds: auth.windowSeconds },
      key: (c) => c.get("clientAddress"),
    });
  const limits: AuthLimits = {
    principal: rateLimit({
      ...shared,
      policy: { name: "principal", limit: requests, windowSeconds },
      key: (c) => c.get("principal").userId,
      cost: routeCost,
    }),
    password: byAddress("password"),
    registration: byAddress("registration"),
    refresh: byAddress("refresh"),
    attempts: new PasswordAttempts(deps.rateLimits, shared.onDecision),
  };
  limitsOf.set(deps, limits);
  return limits;
}

/** One of the limits by address, as a route declares it. */
export function limitByAddress(name: "password" | "registration" | "refresh"): MiddlewareHandler<AppEnv> {
  return (c, next) => getAuthLimits(c.var.deps)[name](c, next);
}

/** The network that a request comes from; null where that is not known, so that nobody's network is. */
export function networkOf({ clientAddress }: AppEnv["Variables"]): string | null {
  return clientAddress === unknownAddress ? null : clientAddress;
}

/**
 * Checks a password for a log-in, unless too many were wrong lately; a right one counts for nothing.
 * @throws LOGIN_LOCKED, before the check is begun; what the check throws.
 */
export async function attemptLogIn<T>(
  c: Context<AppEnv>,
  { email, knownNetwork }: { readonly email: string; readonly knownNetwork: boolean },
  check: () => Promise<T>,
): Promise<T> {
  const { attempts } = getAuthLimits(c.var.deps);
  const account = await sha256Hex(email);
  const charge = await attempts.beginLogIn({ account, network: c.var.clientAddress, knownNetwork });
  return settle(c, charge, { check, wrongIs: "CREDENTIALS_INVALID" });
}

/** The same for the present password of who is logged in: by session, so that no other one can be kept from it. */
export async function attemptChange<T>(c: Context<UserEnv>, check: () => Promise<T>): Promise<T> {
  const { userId, sessionId } = c.var.principal;
  const charge = await getAuthLimits(c.var.deps).attempts.beginChange(sessionId ?? userId);
  return settle(c, charge, { check, wrongIs: "PASSWORD_WRONG" });
}

async function settle<T>(
  c: Context,
  charge: AttemptCharge,
  { check, wrongIs }: { readonly check: () => Promise<T>; readonly wrongIs: ErrorId },
): Promise<T> {
  for (const { policy, remaining, seconds } of charge.standings) noteRateLimit(c, policy, { remaining, seconds });
  if (charge.lockedSeconds !== null) {
    const seconds = String(charge.lockedSeconds);
    const detail = `No further password is checked for now. Come back in ${seconds} s.`;
    throw new AppError("LOGIN_LOCKED", { detail, headers: { "Retry-After": seconds } });
  }
  let wrong = false;
  try {
    return await check();
  } catch (error) {
    wrong = error instanceof AppError && error.errorId === wrongIs;
    throw error;
  } finally {
    if (!wrong) await charge.giveBack();
  }
}
