import type { Attributes, LogLine, Span, Trace } from "../../../../scripts/debug/model.ts";

export const madeTraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const originNs = 1_795_592_076_123_000_000n;

/** Milliseconds after the beginning of the made trace. */
export const atMs = (ms: number): bigint => originNs + toNs(ms);
const toNs = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

export interface SpanParts extends Partial<Omit<Span, "startNs" | "durationNs">> {
  readonly id: number;
  readonly parent?: number;
  readonly fromMs: number;
  readonly forMs: number;
}

export const spanIdOf = (id: number): string => id.toString(16).padStart(16, "0");

export function makeSpan({ id, parent, fromMs, forMs, ...parts }: SpanParts): Span {
  return {
    traceId: madeTraceId,
    spanId: spanIdOf(id),
    parentSpanId: parent === undefined ? null : spanIdOf(parent),
    name: `span ${id}`,
    kind: "internal",
    status: "unset",
    statusMessage: "",
    serviceName: "footing",
    attributes: {},
    events: [],
    links: [],
    ...parts,
    startNs: atMs(fromMs),
    durationNs: toNs(forMs),
  };
}

export function makeLog(ms: number, parts: Partial<LogLine> & { readonly span?: number } = {}): LogLine {
  const { span, ...rest } = parts;
  return {
    id: `log at ${ms}`,
    timeNs: atMs(ms),
    level: "info",
    message: "a line",
    traceId: madeTraceId,
    spanId: span === undefined ? null : spanIdOf(span),
    serviceName: "footing",
    attributes: {},
    ...rest,
  };
}

export const statement = (text: string): Partial<Span> & { readonly name: string } => ({
  name: text,
  kind: "client",
  attributes: { "db.system.name": "postgresql", "db.query.text": text },
});

const failure: Attributes = {
  error_id: "INTERNAL",
  "error.type": "TypeError",
  "error.message": "undefined is not\nan object",
  "error.stack": "TypeError\n    at a\n    at b",
  "http.response.status_code": 500,
  duration_ms: 84.1,
};

/** One of everything: a caller that is not here, statements that repeat, a service whose clock is behind, a link, a failure, log lines. */
export function makeTrace(): Trace {
  const selects = Array.from({ length: 9 }, (_, index) =>
    makeSpan({
      id: 10 + index,
      parent: 2,
      fromMs: 5 + index * 2.2,
      forMs: 1.1,
      ...statement("SELECT ledger.accounts"),
    }),
  );
  return {
    traceId: madeTraceId,
    spans: [
      makeSpan({
        id: 1,
        parent: 0xf00,
        fromMs: 0,
        forMs: 84.2,
        name: "POST /api/v1/books/{book_id}/journal-entries",
        kind: "server",
        status: "error",
      }),
      makeSpan({ id: 2, parent: 1, fromMs: 3, forMs: 70, name: "transaction" }),
      makeSpan({ id: 3, parent: 2, fromMs: 3.1, forMs: 1.2, ...statement("BEGIN") }),
      ...selects,
      makeSpan({ id: 4, parent: 2, fromMs: 26, forMs: 31, ...statement("ledger.record_entries") }),
      makeSpan({ id: 5, parent: 2, fromMs: 60, forMs: 13, ...statement("COMMIT") }),
      makeSpan({
        id: 6,
        parent: 1,
        fromMs: 75,
        forMs: 8,
        name: "POST",
        kind: "client",
        status: "error",
        statusMessage: "502 from 帳簿.example",
        attributes: { "http.request.method": "POST", "server.address": "帳簿.example" },
      }),
      makeSpan({
        id: 7,
        parent: 6,
        fromMs: 60,
        forMs: 5,
        name: "POST /hook",
        kind: "server",
        serviceName: "hooks",
        links: [{ traceId: "aaaabbbbccccddddeeeeffff00001111", spanId: "1234567812345678" }],
        events: [{ name: "retried", timeNs: atMs(62), attributes: { attempt: 2 } }],
      }),
    ],
    logs: [
      makeLog(30, {
        span: 2,
        level: "warn",
        message: "slow statement",
        attributes: { duration_ms: 31, "db.query.text": "select * from ledger.record_entries($1)" },
      }),
      makeLog(84, { span: 1, level: "error", message: "request", attributes: failure }),
      makeLog(90, { message: "key usage was written: e\u0301 \u001b[2J\u202eevil" }),
    ],
  };
}
