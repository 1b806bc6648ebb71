import { v7 as uuidV7 } from "uuid";
import { createApp } from "../../src/app.ts";
import { createDatabaseCheck } from "../../src/boot/database-check.ts";
import { parseConfig } from "../../src/config.ts";
import { mapPgError } from "../../src/db/errors.ts";
import type { Deps, Metrics } from "../../src/deps.ts";
import { combineObservers, createDb, createStatementMeter } from "../../src/foundation/db/index.ts";
import { openTcpSocket } from "../../src/foundation/db/tcp-socket.ts";
import { createLifecycle } from "../../src/foundation/health/index.ts";
import { requestDeadline } from "../../src/foundation/http/request-deadline.ts";
import { setUpLogging } from "../../src/foundation/logging/index.ts";
import { MemoryStore, type RateLimitStore } from "../../src/foundation/rate-limit/index.ts";
import { createDbObserver, createNoTelemetry, type Telemetry } from "../../src/foundation/telemetry/index.ts";
import { createLedgerMetrics } from "../../src/modules/journal/index.ts";
import { createTestDatabase } from "./database.ts";

export interface TestAppOptions {
  /** Variables over the defaults, by their names in `.env.example`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Connect through this URL instead of straight to the test database (a fault proxy). */
  readonly databaseUrl?: (apiUrl: string) => string;
  readonly telemetry?: Telemetry;
  /** Where the rate limits count: in memory, by the test's clock, unless it says otherwise. */
  readonly rateLimits?: RateLimitStore;
}

/** For a service that a test calls itself: nothing is counted. */
export const noMetrics: Metrics = { ledger: createLedgerMetrics(createNoTelemetry().meter) };

/** What a response was: its body parsed as JSON where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the wire carried, and says itself what it expects.
  readonly body: any;
}

export interface RequestOptions {
  readonly method?: string;
  readonly token?: string | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it stands. */
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The real app over a database of its own, with its log lines, and a clock that a test can set. */
export async function createTestApp(options: TestAppOptions = {}) {
  const database = await createTestDatabase();
  const config = parseConfig({
    ENVIRONMENT: "test",
    SECRET_KEY: "a-secret-key-for-tests-of-at-least-32-bytes",
    API_RATE_LIMIT_REQUESTS: "1000000",
    AUTH_RATE_LIMIT_REQUESTS: "1000000",
    DB_POOL_SIZE: "4",
    DB_MAX_OVERFLOW: "2",
    ...options.env,
  });
  const logLines: string[] = [];
  const clock = { current: null as Date | null, now: () => clock.current ?? new Date() };
  const telemetry = options.telemetry ?? createNoTelemetry();
  const backgroundErrors: unknown[] = [];
  const db = createDb({
    ...config.database.pool,
    url: options.databaseUrl?.(database.apiUrl) ?? database.apiUrl,
    applicationName: "footing-test",
    openSocket: openTcpSocket,
    mapError: mapPgError,
    deadline: requestDeadline,
    onBackgroundError: (error) => backgroundErrors.push(error),
    observer: combineObservers(
      createStatementMeter(),
      telemetry.enabled ? createDbObserver({ ...telemetry, databaseUrl: database.apiUrl }) : undefined,
    ),
  });
  const lifecycle = createLifecycle();
  lifecycle.enter("ready");
  const load = { eventLoopDelayMs: 0 };
  const deps: Deps = {
    config,
    db,
    logger: setUpLogging({
      level: "debug",
      debug: false,
      write: (line) => logLines.push(line),
      ...(options.telemetry === undefined ? {} : { activeTrace: options.telemetry.activeTrace }),
    }),
    telemetry,
    metrics: { ledger: createLedgerMetrics(telemetry.meter) },
    clock,
    checks: [createDatabaseCheck(db)],
    lifecycle,
    rateLimits: options.rateLimits ?? new MemoryStore({ nowMs: () => clock.now().getTime() }),
    eventLoopDelayMs: () => load.eventLoopDelayMs,
    ids: { uuid: () => uuidV7() },
    socketAddress: (request) => request.headers.get("x-test-address") ?? "192.0.2.1",
    protocolVersion: () => "1.1",
    asset: async (name) => Bun.file(new URL(`../../assets/scalar/${name}`, import.meta.url)).bytes(),
  };
  const app = createApp(deps);

  async function request(path: string, { method, token, json, body, headers }: RequestOptions = {}): Promise<Answer> {
    const sent = json === undefined ? body : JSON.stringify(json);
    const response = await app.request(path, {
      method: method ?? (sent === undefined ? "GET" : "POST"),
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  let users = 0;
  /** Registers a user and gives its token, id and first book. */
  async function register() {
    users += 1;
    const email = `user-${users}-${uuidV7()}@example.com`;
    const password = "correct horse battery staple";
    const { status, body } = await request("/api/v1/auth/register", { json: { email, password } });
    if (status !== 201) throw new Error(`registering answered ${status}: ${JSON.stringify(body)}`);
    return {
      email,
      password,
      token: body.access_token as string,
      refreshToken: body.refresh_token as string,
      userId: body.user.id as string,
      bookId: body.book.id as string,
      book: `/api/v1/books/${body.book.id}`,
    };
  }

  return {
    app,
    deps,
    db,
    clock,
    /** How far behind the process says that it is. */
    load,
    database,
    logLines,
    backgroundErrors,
    request,
    register,
    async close() {
      await db.close(2000);
      await database.drop();
    },
  };
}

export type TestApp = Awaited<ReturnType<typeof createTestApp>>;
