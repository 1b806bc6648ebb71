import { giveBackScript, takeScript } from "./redis-script.ts";
import { sha1Hex } from "./sha1.ts";
import { spanMsOf } from "./sliding-window.ts";
import type { Charge, RateLimitPolicy, RateLimitStore } from "./store.ts";

/** A connection to Redis, as any client can be made one. */
export interface RedisLink {
  /**
   * Sends one command, and gives the reply.
   * @throws RedisReplyError where Redis answered with an error, anything else where there was no answer.
   */
  send(command: string, args: readonly string[]): Promise<unknown>;
}

/** A link of one's own. */
export interface ClosableRedisLink extends RedisLink {
  /** What waits on it fails. */
  close(): void;
}

/** Redis did answer, and what it answered is an error: `NOSCRIPT No matching script.` */
export class RedisReplyError extends Error {
  override readonly name = "RedisReplyError";
}

/**
 * Counts in Redis, by its clock: all processes that use the same one share one limit. A charge is one script and one round
 * trip. Keys expire with their window.
 */
export class RedisStore implements RateLimitStore {
  readonly #link: RedisLink;
  readonly #prefix: string;
  readonly #take = new Script(takeScript);
  readonly #giveBack = new Script(giveBackScript);

  constructor(link: RedisLink, options: { readonly prefix: string }) {
    this.#link = link;
    this.#prefix = options.prefix;
  }

  /** @throws what the link throws; an `Error` where the answer is none of the script's. */
  async take(policy: RateLimitPolicy, key: string, cost: number): Promise<Charge> {
    const args = [String(spanMsOf(policy.windowSeconds)), String(policy.limit), String(cost)];
    return toCharge(await this.#take.run(this.#link, this.#keyOf(policy, key), args));
  }

  async giveBack(policy: RateLimitPolicy, key: string, cost: number, charge: Charge): Promise<void> {
    const units = Math.min(cost, policy.limit);
    await this.#giveBack.run(this.#link, this.#keyOf(policy, key), [String(charge.span), String(units)]);
  }

  /** The window is part of it, as spans of another length are numbered otherwise. */
  #keyOf({ name, windowSeconds }: RateLimitPolicy, key: string): string {
    return `${this.#prefix}${name}:${windowSeconds}:${key}`;
  }
}

/** A script of one key: called by its digest, and by its text where Redis does not have it yet. */
class Script {
  readonly #text: string;
  #digest: Promise<string> | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  async run(link: RedisLink, key: string, args: readonly string[]): Promise<unknown> {
    this.#digest ??= sha1Hex(this.#text);
    try {
      return await link.send("EVALSHA", [await this.#digest, "1", key, ...args]);
    } catch (error) {
      if (!(error instanceof RedisReplyError && error.message.startsWith("NOSCRIPT"))) throw error;
      return link.send("EVAL", [this.#text, "1", key, ...args]);
    }
  }
}

function toCharge(reply: unknown): Charge {
  if (!Array.isArray(reply) || reply.length !== 4 || !reply.every((part) => Number.isSafeInteger(part))) {
    throw new Error("Redis answered something else than four whole numbers");
  }
  const [admitted, spent, waitMs, span] = reply as [number, number, number, number];
  return { admitted: admitted === 1, spent, waitMs, span };
}
