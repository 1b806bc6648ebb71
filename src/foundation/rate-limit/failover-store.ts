import { FoundationError } from "../errors/foundation-errors.ts";
import type { Logger } from "../logging/logger.ts";
import { MemoryStore } from "./memory-store.ts";
import type { Charge, RateLimitPolicy, RateLimitStore } from "./store.ts";

/** What is done while the shared store cannot count. */
export const storeFailurePolicies = ["memory", "open", "closed"] as const;
/** `memory`: each process counts for itself; `open`: everything passes; `closed`: everything is refused. */
export type StoreFailurePolicy = (typeof storeFailurePolicies)[number];

export interface FailoverStoreOptions {
  readonly shared: RateLimitStore;
  readonly onFailure: StoreFailurePolicy;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Where is counted meanwhile; a {@link MemoryStore} of its own by default. */
  readonly memory?: RateLimitStore;
}

/**
 * A shared store with a stated behaviour for when it fails. It never hides that: one warning when it begins, one line when it
 * is over. The shared store decides by itself when it tries again, and fails at once until then.
 */
export class FailoverStore implements RateLimitStore {
  readonly #options: FailoverStoreOptions;
  readonly #memory: RateLimitStore;
  /** What was taken from the memory, and goes back there. */
  readonly #local = new WeakSet<Charge>();
  #failing = false;

  constructor(options: FailoverStoreOptions) {
    this.#options = options;
    this.#memory = options.memory ?? new MemoryStore();
  }

  /** @throws {FoundationError} RATE_LIMIT_UNAVAILABLE where the store fails and the policy is `closed`. */
  async take(policy: RateLimitPolicy, key: string, cost: number): Promise<Charge | null> {
    try {
      const charge = await this.#options.shared.take(policy, key, cost);
      this.#recovered();
      return charge;
    } catch (error) {
      this.#failed(error);
      return this.#without(error, policy, key, cost);
    }
  }

  /** What cannot be given back, as the shared store fails, runs out by itself. */
  async giveBack(policy: RateLimitPolicy, key: string, cost: number, charge: Charge): Promise<void> {
    if (this.#local.has(charge)) return this.#memory.giveBack(policy, key, cost, charge);
    try {
      await this.#options.shared.giveBack(policy, key, cost, charge);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #without(error: unknown, policy: RateLimitPolicy, key: string, cost: number): Promise<Charge | null> {
    switch (this.#options.onFailure) {
      case "memory": {
        const charge = await this.#memory.take(policy, key, cost);
        if (charge !== null) this.#local.add(charge);
        return charge;
      }
      case "open":
        return null;
      case "closed":
        throw new FoundationError("RATE_LIMIT_UNAVAILABLE", { headers: { "Retry-After": "1" }, cause: error });
    }
  }

  #failed(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    const { logger, onFailure } = this.#options;
    logger.warn("the store of the rate limits does not answer", { error, "rate_limit.on_store_failure": onFailure });
  }

  #recovered(): void {
    if (!this.#failing) return;
    this.#failing = false;
    this.#options.logger.info("the store of the rate limits answers again");
  }
}
