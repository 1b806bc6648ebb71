import { BaseAppError } from "../errors/app-error.ts";
import { FoundationError } from "../errors/foundation-errors.ts";
import { findPgError } from "./pg-errors.ts";

/** How much longer than the server's own limit an answer is waited for, and it for whatever else it was asked. */
export const networkMarginMs = 2000;

/** By how much a timer, or PostgreSQL's own clock, may come before its time. */
const timersEarlyMs = 5;

/** How long the caller still waits, in milliseconds: infinite without a deadline, 0 or less past it. */
export function remainingMs(deadline: number | undefined): number {
  return deadline === undefined ? Number.POSITIVE_INFINITY : deadline - performance.now();
}

/** A limit of PostgreSQL's in whole milliseconds, or what remains: at least 1, as 0 would be none. */
export function limitedMs(limitMs: number, deadline: number | undefined): number {
  return deadline === undefined ? limitMs : Math.max(1, Math.min(limitMs, Math.ceil(remainingMs(deadline))));
}

export function requestTimeout(cause?: unknown): BaseAppError {
  return new FoundationError("REQUEST_TIMEOUT", { cause, headers: { "Retry-After": "1" } });
}

/** What failed because the caller's time was up is said to be that; anything else stays what it is. */
export function outOfTime(deadline: number | undefined, error: unknown): unknown {
  if (remainingMs(deadline) > timersEarlyMs) return error;
  const cancelled = ["57014", "55P03"].includes(findPgError(error)?.code ?? "");
  const gaveUp = error instanceof BaseAppError && ["POOL_TIMEOUT", "DATABASE_UNAVAILABLE"].includes(error.errorId);
  return cancelled || gaveUp ? requestTimeout(error) : error;
}
