import type { Runtime } from "../config.ts";
import type { EmbeddedDatabase, EmbeddedDatabaseError, EmbeddedOptions } from "../foundation/db/embedded/index.ts";
import type { ClosableRedisLink } from "../foundation/rate-limit/index.ts";
import type { Probes } from "./create-checks.ts";

/** What a runtime that runs a process brings to its start; everything else is the same on all of them. */
export interface ProcessRuntime {
  readonly name: Exclude<Runtime, "workerd">;
  /** A database of our own, where none is configured; null where the runtime cannot run one. */
  readonly embedded: EmbeddedDatabases | null;
  /** How Redis and the bucket are asked; null where there is no client of them. */
  readonly probes: Probes | null;
  /** Connects the rate limits to Redis; null where there is no client of it. */
  readonly openRedisLink: ((url: string) => ClosableRedisLink) | null;
  /** The version of HTTP that it serves; null where it serves several and does not tell which. */
  readonly httpVersion: string | null;
  /** Resolves once connections are taken. */
  readonly listen: (options: ListenOptions) => Promise<HttpServer>;
}

export interface EmbeddedDatabases {
  readonly start: (options: EmbeddedOptions) => Promise<EmbeddedDatabase>;
  /** Its message alone says what is wrong and what to do. */
  readonly Fault: typeof EmbeddedDatabaseError;
}

export interface ListenOptions {
  readonly hostname: string;
  /** 0: any that is free. */
  readonly port: number;
  /** The server's own limit on header fields, where it can be set: above the app's, which answers with ids. */
  readonly headerBytesMax: number;
  /** How long a connection may be silent, where that can be set. */
  readonly idleSeconds: number;
  /** Serves a request; the second argument tells the address of its peer. The request's URL may be half of one. */
  readonly serve: (request: Request, peerAddress: () => string | null) => Response | Promise<Response>;
  /** Told what was thrown past `serve`. */
  readonly onFault: (error: unknown) => void;
}

export interface HttpServer {
  /** Where it listens. */
  readonly url: URL;
  /** Takes no new connections, lets requests under way finish for a while; what is left then is cut off, at the latest as the process ends. */
  readonly close: (graceMs: number) => Promise<void>;
}
