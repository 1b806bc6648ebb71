import { AppError } from "../../errors.ts";

const dayMs = 86_400_000;

/** @throws VALIDATION_FAILED unless the time is after `now`. */
export function assertExpiresLater(expiresAt: Date, now: Date): void {
  if (expiresAt <= now) throw expiryFault("must be in the future");
}

/**
 * When something expires that has a time unless it was given one.
 * @throws VALIDATION_FAILED unless it is after `now`, and at most `daysMax` days after it.
 */
export function expiryOf(
  given: string | undefined,
  { now, daysDefault, daysMax }: { readonly now: Date; readonly daysDefault: number; readonly daysMax: number },
): Date {
  if (given === undefined) return new Date(now.getTime() + daysDefault * dayMs);
  const expiresAt = new Date(given);
  assertExpiresLater(expiresAt, now);
  if (expiresAt.getTime() > now.getTime() + daysMax * dayMs) throw expiryFault(`must be within ${daysMax} days`);
  return expiresAt;
}

function expiryFault(detail: string) {
  const fields = [{ pointer: "/expires_at", detail }];
  return new AppError("VALIDATION_FAILED", { detail: `/expires_at: ${detail}`, fields });
}
