import {
  type Attributes,
  type Context,
  context,
  type Meter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { DbObserver, JoinedTx, StatementEnd, TxEnd, TxMode, TxObserver, TxOutcome } from "../db/index.ts";
import { createDbMetrics } from "./db-observer-metrics.ts";
import { createStatementTable, type KnownStatement } from "./db-observer-statements.ts";
import { errorTypeOf } from "./error-type.ts";
import { isRecordedBelow } from "./recorded-below.ts";

export interface DbObserverOptions {
  readonly tracer: Tracer;
  readonly meter: Meter;
  /** `postgres://user:password@host:port/database`; user and password are not read. */
  readonly databaseUrl: string;
}

/**
 * Spans and metrics of a database. A transaction is an INTERNAL span with its outcome; each statement, BEGIN and COMMIT
 * included, is a CLIENT span by the stable conventions under whatever span is active where it is sent: the
 * transaction's unless the code has made one of its own. Errors are told by SQLSTATE: a message may quote values.
 * Where the surrounding span is not recorded, none of them is made.
 *
 * A transaction that several requests share is a trace of its own; each of them has a span for its part, and the two are
 * linked both ways.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/database/
 */
export function createDbObserver({ tracer, meter, databaseUrl }: DbObserverOptions): DbObserver {
  const metrics = createDbMetrics(meter);
  const statementOf = createStatementTable(connectionAttributes(databaseUrl));
  const ofPool = { "db.client.connection.pool.name": poolNameOf(databaseUrl) };

  function startRecorded(name: string, options: SpanOptions, parent: Context): Span | null {
    const span = isRecordedBelow(parent) ? tracer.startSpan(name, options, parent) : null;
    return span?.isRecording() === true ? span : null;
  }

  const partOf = new WeakMap<JoinedTx, Span>();

  /** A request's part in a transaction that it is going to share. */
  function onJoin(): JoinedTx {
    const span = startRecorded("shared transaction", { kind: SpanKind.INTERNAL }, context.active());
    const joined: JoinedTx = {
      onEnd(end) {
        if (span === null) return;
        span.setAttribute("db.transaction.alone", end === null);
        if (end !== null && end.error !== null) span.setAttribute("error.type", errorTypeOf(end.error));
        if (end?.outcome === "failed" || end?.outcome === "outcome_unknown") {
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    };
    if (span !== null) partOf.set(joined, span);
    return joined;
  }

  /** The root of a trace, which is recorded where one of the requests is. */
  function startShared(mode: TxMode, joined: readonly JoinedTx[]): Span | null {
    const parts = joined.flatMap((each) => partOf.get(each) ?? []);
    if (parts.length === 0) return null;
    const links = parts.map((part) => ({ context: part.spanContext() }));
    const span = startRecorded(`${mode} transaction`, { ...transactionOptions[mode], root: true, links }, ROOT_CONTEXT);
    if (span === null) return null;
    span.setAttribute("db.transaction.writes", joined.length);
    for (const part of parts) part.addLink({ context: span.spanContext() });
    return span;
  }

  function onTransaction(mode: TxMode, joined?: readonly JoinedTx[]): TxObserver {
    const outer = joined === undefined ? context.active() : ROOT_CONTEXT;
    const span =
      joined === undefined
        ? startRecorded(`${mode} transaction`, transactionOptions[mode], outer)
        : startShared(mode, joined);
    const own = span === null ? null : trace.setSpan(outer, span);
    let retries = 0;

    function startStatement({ summary, spanOptions }: KnownStatement): Span | null {
      if (own === null) return null;
      const active = context.active();
      return startRecorded(summary, spanOptions, trace.getSpan(active) === undefined ? own : active);
    }

    return {
      run: (fn) => (own === null ? fn() : context.with(own, fn)),
      onAcquire() {
        const startedAt = performance.now();
        return (error) => {
          if (error === null) metrics.waitTime.record(secondsSince(startedAt), ofPool);
          else if (errorTypeOf(error) === "POOL_TIMEOUT") metrics.timeouts.add(1, ofPool);
        };
      },
      onStatement(text) {
        const statement = statementOf(text);
        const statementSpan = startStatement(statement);
        const startedAt = performance.now();
        return (end) => {
          const failed = end.error === null ? null : failureAttributes(end);
          const attributes =
            failed === null ? statement.metricAttributes : { ...statement.metricAttributes, ...failed };
          metrics.operationDuration.record(secondsSince(startedAt), attributes);
          if (statementSpan !== null) endStatement(statementSpan, end, failed);
        };
      },
      onRetry(sqlState) {
        retries += 1;
        metrics.retries.add(1, { "db.response.status_code": sqlState });
      },
      onEnd(end) {
        metrics.transactions.add(1, endings[mode][end.outcome]);
        if (span !== null) endTransaction(span, end, retries);
      },
    };
  }

  return { onTransaction, onJoin };
}

/** One object for each: a meter knows what it has seen before by that. */
const endings = { read: endingsOf("read"), write: endingsOf("write") };

function endingsOf(mode: TxMode): Readonly<Record<TxOutcome, Attributes>> {
  const ending = (outcome: TxOutcome) => ({ "db.transaction.mode": mode, "db.transaction.outcome": outcome });
  return {
    committed: ending("committed"),
    dry_run: ending("dry_run"),
    rolled_back: ending("rolled_back"),
    failed: ending("failed"),
    outcome_unknown: ending("outcome_unknown"),
  };
}

const transactionOptions = {
  read: { kind: SpanKind.INTERNAL, attributes: { "db.transaction.mode": "read" } },
  write: { kind: SpanKind.INTERNAL, attributes: { "db.transaction.mode": "write" } },
};

function endStatement(span: Span, { rows }: StatementEnd, failed: Attributes | null): void {
  if (failed === null) span.setAttribute("db.response.returned_rows", rows);
  else span.setAttributes(failed).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function endTransaction(span: Span, { outcome, error }: TxEnd, retries: number): void {
  span.setAttribute("db.transaction.outcome", outcome);
  if (retries > 0) span.setAttribute("db.transaction.retries", retries);
  if (error !== null) span.setAttribute("error.type", errorTypeOf(error));
  if (outcome === "failed" || outcome === "outcome_unknown") span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function failureAttributes({ error, sqlState }: StatementEnd): Attributes {
  if (sqlState === null) return { "error.type": errorTypeOf(error) };
  return { "error.type": sqlState, "db.response.status_code": sqlState };
}

function connectionAttributes(databaseUrl: string): Attributes {
  const { hostname, port, pathname } = new URL(databaseUrl);
  return {
    "db.system.name": "postgresql",
    "db.namespace": decodeURIComponent(pathname.slice(1)),
    "server.address": hostname,
    "server.port": port === "" ? 5432 : Number(port),
  };
}

/** The pool's name in metrics: `host:port/database`. */
export function poolNameOf(databaseUrl: string): string {
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname}:${port === "" ? "5432" : port}${decodeURIComponent(pathname)}`;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1_000;
}
