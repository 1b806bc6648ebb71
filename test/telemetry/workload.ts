import { randomBytes } from "node:crypto";
import type { ApiProcess } from "../support/api-process.ts";

/** One request as its client knows it. */
export interface Sent {
  readonly kind: string;
  readonly requestId: string;
  readonly traceId: string;
  /** The client's own span: the parent of the server's. */
  readonly callerId: string;
  readonly status: number;
  /** Of an error body. */
  readonly errorId: string | undefined;
  /** As the answer's `traceparent` names them. */
  readonly answeredTraceId: string;
  readonly answeredSpanId: string;
}

interface Body {
  readonly id?: string;
  readonly access_token?: string;
  readonly error_id?: string;
}

type Send = (kind: string, method: string, path: string, json?: unknown) => Promise<Body>;

/** Registers somebody and lets that many clients work at once, each in a book of its own; gives every request that was sent. */
export async function runClients(api: ApiProcess, clients: number): Promise<Sent[]> {
  const sent: Sent[] = [];
  let token = "";
  const send: Send = async (kind, method, path, json) => {
    const [traceId, callerId] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
    const requestId = `${kind}:${sent.length}-${callerId}`;
    const response = await fetch(`${api.url}/api/v1${path}`, {
      method,
      headers: {
        "Content-Type": "application/json",
        "X-Request-ID": requestId,
        traceparent: `00-${traceId}-${callerId}-01`,
        ...(token === "" ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const body = (await response.json()) as Body;
    const [, answeredTraceId = "", answeredSpanId = ""] = (response.headers.get("traceparent") ?? "").split("-");
    const { status } = response;
    sent.push({ kind, requestId, traceId, callerId, status, errorId: body.error_id, answeredTraceId, answeredSpanId });
    return body;
  };
  const account = { email: "ada@example.com", password: "correct horse battery staple" };
  token = (await send("register", "POST", "/auth/register", account)).access_token ?? "";
  await Promise.all(Array.from({ length: clients }, (_, index) => work(send, index)));
  return sent;
}

async function work(send: Send, index: number): Promise<void> {
  const { id } = await send("book", "POST", "/books", { name: `Book ${index}` });
  const book = `/books/${id}`;
  await send("account", "POST", `${book}/accounts`, { path: "Assets:Cash", type: "asset" });
  await send("account", "POST", `${book}/accounts`, { path: "Equity:Opening", type: "equity" });
  const { id: first } = await send("entry", "POST", `${book}/journal-entries`, entry("12.50", "12.50"));
  await send("entry", "POST", `${book}/journal-entries`, entry("3.00", "3.00"));
  await send("unbalanced", "POST", `${book}/journal-entries`, entry("1.00", "2.00"));
  await send("malformed", "POST", `${book}/journal-entries`, { date: "2026-01-31", lines: [], odd: index });
  await send("void", "POST", `${book}/journal-entries/${first}/void`, { date: "2026-02-01", reason: "posted twice" });
  await send("report", "GET", `${book}/reports/trial-balance`);
  await send("missing", "GET", `${book}/journal-entries/00000000-0000-7000-8000-000000000000`);
  await send("nowhere", "GET", `/nowhere/${index}`);
}

function entry(debit: string, credit: string) {
  return {
    date: "2026-01-31",
    lines: [
      { account_path: "Assets:Cash", side: "debit", amount: debit, commodity: "USD" },
      { account_path: "Equity:Opening", side: "credit", amount: credit, commodity: "USD" },
    ],
  };
}
