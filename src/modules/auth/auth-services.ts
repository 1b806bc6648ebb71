import type { Deps } from "../../deps.ts";
import { type AccessTokens, createAccessTokens } from "../../foundation/auth/index.ts";
import { createKeyUsage, type KeyUsage } from "./key-usage.ts";

/** What log-in and authentication share within one application. */
export interface AuthServices {
  readonly accessTokens: AccessTokens;
  readonly keyUsage: KeyUsage;
}

const issuer = "footing";
const audience = "footing-api";

const servicesOf = new WeakMap<Deps, AuthServices>();

/** The services of an application, made from what it stands on at the first call. */
export function getAuthServices(deps: Deps): AuthServices {
  const known = servicesOf.get(deps);
  if (known !== undefined) return known;
  const { secretKey, jwtAlgorithm, accessTokenTtlSeconds } = deps.config.auth;
  const services = {
    accessTokens: createAccessTokens({
      secret: secretKey,
      algorithm: jwtAlgorithm,
      issuer,
      audience,
      ttlSeconds: accessTokenTtlSeconds,
      now: () => deps.clock.now(),
    }),
    keyUsage: createKeyUsage(),
  };
  servicesOf.set(deps, services);
  return services;
}

/**
 * Writes when API keys were last used. Call it every few seconds, and on shutdown before the database closes.
 * @throws as `withTx`; what was not written is kept for the next call.
 */
export function flushKeyUsage(deps: Deps): Promise<void> {
  return getAuthServices(deps).keyUsage.flush(deps.db);
}
