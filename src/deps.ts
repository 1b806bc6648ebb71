import type { Config } from "./config.ts";
import type { Db, TxScope } from "./foundation/db/index.ts";
import type { Check, Lifecycle } from "./foundation/health/index.ts";
import type { RequestVariables } from "./foundation/http/request-context.ts";
import type { Logger } from "./foundation/logging/index.ts";
import type { RateLimitStore } from "./foundation/rate-limit/index.ts";
import type { Telemetry } from "./foundation/telemetry/index.ts";

/** What the application stands on; made once by an entry file, and by tests with a clock and ids of their own. */
export interface Deps {
  readonly config: Config;
  readonly db: Db;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly ids: Ids;
  /** What the application stands on, for `/health`. */
  readonly checks: readonly Check[];
  readonly lifecycle: Lifecycle;
  /** Where the rate limits count. */
  readonly rateLimits: RateLimitStore;
  /** How far behind the process is with its work, in milliseconds; 0 where that is not measured. */
  readonly eventLoopDelayMs: () => number;
  /** The address of the peer that sent a request, or null where the runtime does not tell. */
  readonly socketAddress: (request: Request) => string | null;
  /** The version of HTTP that a request came by (`1.1`), or null where the runtime does not tell. */
  readonly protocolVersion: (request: Request) => string | null;
  /** A static file of the application by name, or null; gzip-compressed. */
  readonly asset: (name: "scalar.js.gz") => Promise<Uint8Array | null>;
}

/** What the application counts of its own business; times and requests are counted where they pass. */
export interface Metrics {
  readonly ledger: LedgerMetrics;
}

/** Told of what was committed, and of what was refused. */
export interface LedgerMetrics {
  entriesPosted(count: number): void;
  entryVoided(): void;
  /** A write of entries was answered with this error. */
  writeRejected(errorId: string): void;
}

export interface Clock {
  now(): Date;
}

export interface Ids {
  /** A UUIDv7: unique, and sortable by the time it was made. */
  uuid(): string;
}

/** Who sent the request. */
export interface Principal {
  readonly userId: string;
  /** The session of the access token that the request came with; null for an API key. */
  readonly sessionId: string | null;
  /** Present when the request came with an API key: what the key is bound to. */
  readonly apiKey: null | {
    readonly id: string;
    readonly name: string;
    readonly bookId: string;
    readonly scopes: readonly ("read" | "write")[];
  };
}

/** Every route: what the chain puts on the context. */
export interface AppEnv {
  Variables: RequestVariables & {
    deps: Deps;
    db: Db;
    /** Who it is from, as the rate limits count: an IPv4 address, the /64 of an IPv6 address, or `unknown`. */
    clientAddress: string;
  };
}

/** Routes behind authentication: `scope` is what `withTx` needs to open their transactions. */
export interface UserEnv {
  Variables: AppEnv["Variables"] & { principal: Principal; scope: TxScope };
}

/** Routes of one book: their `scope` enters it. */
export type BookEnv = UserEnv;
