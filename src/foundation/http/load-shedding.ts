import { FoundationError } from "../errors/foundation-errors.ts";
import type { Guard } from "./thrown-guard.ts";

export interface LoadSheddingOptions {
  /** How far behind the process is with its work, in milliseconds. */
  readonly eventLoopDelayMs: () => number;
  /** Behind by more than this, requests are refused; 0 never refuses. */
  readonly delayMsMax: number;
  /** Paths that are answered all the same. */
  readonly exempt: (path: string) => boolean;
}

/**
 * Refuses requests while the process is too far behind, before anything is read of them: what has been taken on is then done in time,
 * and callers learn at once that they should come back, rather than wait for an answer that comes too late.
 *
 * @throws {FoundationError} OVERLOADED
 */
export function shedLoad({ eventLoopDelayMs, delayMsMax, exempt }: LoadSheddingOptions): Guard {
  return (c) => {
    if (delayMsMax > 0 && eventLoopDelayMs() > delayMsMax && !exempt(c.req.path)) {
      throw new FoundationError("OVERLOADED", { headers: { "Retry-After": "1" } });
    }
  };
}
