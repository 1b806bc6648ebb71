import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { Hono } from "hono";
import { createErrorMapper, FoundationError } from "../../../src/foundation/errors/index.ts";
import { createNotFoundHandler } from "../../../src/foundation/http/method-not-allowed.ts";
import { type RequestVariables, requestContext } from "../../../src/foundation/http/request-context.ts";
import { requestLogger } from "../../../src/foundation/http/request-logger.ts";
import { thrownGuard } from "../../../src/foundation/http/thrown-guard.ts";
import { type LogRecord, setUpLogging } from "../../../src/foundation/logging/index.ts";
import { serverSpan, setUpTelemetry, type TelemetryOptions } from "../../../src/foundation/telemetry/index.ts";
import { fakeSpanExporter, telemetryOptions } from "./options.ts";

type TracedEnv = { Variables: RequestVariables & { userId?: string } };

export const secret = "hunter2-s3cret";

/** A small app behind the real chain, its spans and log records kept. */
export async function createTracedApp(over: Partial<TelemetryOptions> = {}) {
  const exporter = fakeSpanExporter();
  const { options } = telemetryOptions({ spanExporter: exporter, ...over });
  const telemetry = await setUpTelemetry(options);
  const records: LogRecord[] = [];
  const logger = setUpLogging({
    level: "debug",
    debug: false,
    write: () => undefined,
    activeTrace: telemetry.activeTrace,
    moreSinks: [{ write: (record) => void records.push(record) }],
  });
  const app = new Hono<TracedEnv>();
  const onError = createErrorMapper();
  app.onError(onError);
  app.notFound(createNotFoundHandler(app, onError));
  app.use(
    serverSpan({
      telemetry,
      clientAddress: () => "192.0.2.7",
      protocolVersion: () => "1.1",
      userId: (c) => c.get("userId"),
    }),
    requestContext({ onAnswer: [requestLogger({ logger })] }),
    thrownGuard(),
  );
  app.get("/books/:book_id", (c) => {
    c.set("userId", "user-1");
    logger.info("in the handler");
    return c.json({ id: c.req.param("book_id") });
  });
  app.post("/books", (c) => c.json({}, 201));
  app.get("/conflict", () => {
    throw new FoundationError("CONFLICT");
  });
  app.get("/broken", () => {
    throw new Error("broken", { cause: new TypeError("underneath") });
  });
  app.get("/leak", () => {
    throw Object.assign(new Error(`duplicate key: Key (email)=(${secret})`), {
      name: "PostgresError",
      severity: "ERROR",
      code: "23505",
    });
  });

  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    return app.request(path, init);
  }

  /** The spans that have ended, and no longer waits for more. */
  async function spans(): Promise<readonly ReadableSpan[]> {
    await telemetry.flush(30_000);
    return exporter.spans;
  }

  return { app, request, spans, records, telemetry, logger, close: () => telemetry.shutdown(30_000) };
}

export type TracedApp = Awaited<ReturnType<typeof createTracedApp>>;
