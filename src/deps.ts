import type { Config } from "./config.ts";
import type { Db, TxScope } from "./foundation/db/index.ts";
import type { RequestVariables } from "./foundation/http/request-context.ts";
import type { Logger } from "./foundation/logging/index.ts";

/** What the application stands on; made once by an entry file, and by tests with a clock and ids of their own. */
export interface Deps {
  readonly config: Config;
  readonly db: Db;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The address of the peer that sent a request, or null where the runtime does not tell. */
  readonly socketAddress: (request: Request) => string | null;
  /** A static file of the application by name, or null; gzip-compressed. */
  readonly asset: (name: "scalar.js.gz") => Promise<Uint8Array | null>;
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
  Variables: RequestVariables & { deps: Deps; db: Db };
}

/** Routes behind authentication: `scope` is what `withTx` needs to open their transactions. */
export interface UserEnv {
  Variables: AppEnv["Variables"] & { principal: Principal; scope: TxScope };
}

/** Routes of one book: their `scope` enters it. */
export type BookEnv = UserEnv;
