import { type ClosableRedisLink, RedisReplyError } from "./redis-store.ts";

export interface BunRedisLinkOptions {
  readonly url: string;
  /** The longest that an answer, or a connection, may take; 250 by default. */
  readonly answerMs?: number;
  /** How long after a failure it is tried again; 1,000 by default. */
  readonly retryMs?: number;
}

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "opening"; readonly client: Promise<Bun.RedisClient> }
  | { readonly kind: "open"; readonly client: Bun.RedisClient }
  /** Nothing is sent meanwhile; what comes after `until` makes one trial. */
  | { readonly kind: "down"; readonly until: number; readonly cause: unknown };

/**
 * A link by Bun's own client, opened with the first command. Any failure, an answer that does not come in time included, closes
 * the connection and fails what waits on it; from then on everything fails at once, but for one trial every `retryMs`,
 * for which nobody waits.
 */
export function createBunRedisLink(options: BunRedisLinkOptions): ClosableRedisLink {
  const { url, answerMs = 250, retryMs = 1_000 } = options;
  let state: State = { kind: "idle" };

  async function open(): Promise<Bun.RedisClient> {
    const client = new Bun.RedisClient(url, { connectionTimeout: answerMs, autoReconnect: false, maxRetries: 0 });
    client.onclose = (error) => {
      if (state.kind === "open" && state.client === client) fail(client, error);
    };
    try {
      await within(answerMs, client, client.connect());
      state = { kind: "open", client };
      return client;
    } catch (error) {
      fail(client, error);
      throw error;
    }
  }

  function fail(client: Bun.RedisClient, cause: unknown): void {
    state = { kind: "down", until: performance.now() + retryMs, cause };
    client.close();
  }

  function connected(): Bun.RedisClient | Promise<Bun.RedisClient> {
    if (state.kind === "open") return state.client;
    if (state.kind === "opening") return state.client;
    if (state.kind === "idle") {
      const client = open();
      if (state.kind === "idle") state = { kind: "opening", client };
      return client;
    }
    const { until, cause } = state;
    if (performance.now() >= until) {
      state = { kind: "down", until: Number.POSITIVE_INFINITY, cause };
      // Whoever comes once it is open uses it; its failure is the state.
      open().catch(() => undefined);
    }
    throw new Error("Redis cannot be reached", { cause });
  }

  return {
    async send(command, args) {
      const client = await connected();
      try {
        return await within(answerMs, client, client.send(command, [...args]));
      } catch (error) {
        if (isReply(error)) throw new RedisReplyError(error.message);
        if (state.kind === "open" && state.client === client) fail(client, error);
        throw error;
      }
    },
    close() {
      if (state.kind === "open") fail(state.client, new Error("the link was closed"));
    },
  };
}

/**
 * What does not come in time is given up with the whole connection: its answer would be taken for the next one's. The time has
 * two parts, so that an answer which arrived while the process was busy is read before the time is found to be up.
 */
async function within<T>(ms: number, client: Bun.RedisClient, answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const giveUp = () => {
    late.reject(new Error(`Redis did not answer within ${ms} ms`));
    client.close();
  };
  let timer = setTimeout(() => {
    timer = setTimeout(giveUp, ms / 4);
  }, ms * 0.75);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function isReply(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "ERR_REDIS_SERVER_ERROR";
}
