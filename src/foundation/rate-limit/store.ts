/** A quota: in any window of so many seconds, a key has so many units to spend. */
export interface RateLimitPolicy {
  /** What it is called in header fields, metrics and stores: lower-case letters and hyphens. */
  readonly name: string;
  /** Units; at least 1. */
  readonly limit: number;
  /** Whole seconds; at least 1. */
  readonly windowSeconds: number;
}

/** What a store decided. */
export interface Charge {
  /** Whether the units were there, and so were taken: all of them or none. */
  readonly admitted: boolean;
  /** Units that are spent now, those of this charge included. */
  readonly spent: number;
  /**
   * Of an admitted charge, milliseconds until units come back; of a refused one, until as many would be there. Never
   * negative.
   */
  readonly waitMs: number;
  /** The part of the window that it was counted in, for giving it back. */
  readonly span: number;
}

/**
 * Where units are counted. A charge of more units than the policy has costs all that it has. Null: the store could not
 * count and lets everything pass.
 */
export interface RateLimitStore {
  take(policy: RateLimitPolicy, key: string, cost: number): Charge | null | Promise<Charge | null>;
  /** Makes as if an admitted charge had not been, as far as its part of the window is still counted. */
  giveBack(policy: RateLimitPolicy, key: string, cost: number, charge: Charge): void | Promise<void>;
}
