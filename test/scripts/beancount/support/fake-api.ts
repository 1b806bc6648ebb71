import type { EntryBody } from "../../../../scripts/beancount/plan/plan-types.ts";
import { minorUnitsOf } from "../../../../src/domain/currency.ts";
import { ReplayLedger } from "./replay-ledger.ts";

/** A request as it came in. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Answers a request in place of the API's own answer; null lets it through. */
export type Interceptor = (seen: Seen, count: number) => Response | null;

/** A small API in memory that speaks the importer's part of the contract. It ends with the scope that it is used in. */
export function startFakeApi(intercept: Interceptor = () => null) {
  const requests: Seen[] = [];
  const state = new FakeBook();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      const seen = {
        method: request.method,
        path: pathname + search,
        headers: request.headers,
        body: await request.text(),
      };
      requests.push(seen);
      return intercept(seen, requests.length) ?? state.answer(seen);
    },
  });
  return { url: server.url, requests, state, [Symbol.asyncDispose]: () => server.stop(true) };
}

export function problem(
  status: number,
  errorId: string,
  extra: object = {},
  headers: Record<string, string> = {},
): Response {
  const body = { type: "about:blank", title: errorId, status, error_id: errorId, request_id: "req-1", ...extra };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

interface FakeAccount {
  readonly id: string;
  readonly path: string;
  readonly type: string;
  readonly commodities: string[] | null;
  readonly opened_on: string | null;
  closed_on: string | null;
  active: boolean;
}

export const BOOK_ID = "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10";

export class FakeBook {
  readonly accounts = new Map<string, FakeAccount>();
  readonly commodities = new Map<string, { code: string; places: number }>();
  readonly prices: unknown[] = [];
  readonly ledger = new ReplayLedger();
  readonly #kept = new Map<string, { readonly write: string; readonly status: number; readonly text: string }>();

  answer({ method, path, headers, body }: Seen): Response | Promise<Response> {
    const [pathname = "", query = ""] = path.split("?");
    if (pathname === "/api/v1/auth/me") {
      return Response.json({
        user: {},
        books: [{ id: BOOK_ID, name: "b" }],
        api_key: { book_id: BOOK_ID, scopes: ["write"] },
      });
    }
    const route = pathname.replace(`/api/v1/books/${BOOK_ID}/`, "");
    if (method === "GET") return this.#read(route, new URLSearchParams(query));
    return this.#writeOnce(headers.get("Idempotency-Key"), route, body, query === "dry_run=true");
  }

  async #writeOnce(key: string | null, route: string, body: string, isDryRun: boolean): Promise<Response> {
    if (key === null) throw new Error(`a write without a key: ${route}`);
    const write = `${route} ${body}`;
    const kept = this.#kept.get(key);
    if (kept && kept.write !== write) return problem(409, "IDEMPOTENCY_KEY_REUSED");
    if (kept) return new Response(kept.text, { status: kept.status, headers: { "Idempotency-Replayed": "true" } });
    if (isDryRun) return created(JSON.parse(body).entries, () => undefined);
    const answer = this.#write(route, JSON.parse(body));
    if (!answer.ok) return answer;
    const text = await answer.text();
    this.#kept.set(key, { write, status: answer.status, text });
    return new Response(text, { status: answer.status });
  }

  #read(route: string, query: URLSearchParams): Response {
    const account = /^accounts\/([^/]+)\/balance$/.exec(route)?.[1];
    if (account !== undefined) return this.#balance(account, query);
    if (route === "accounts") return page([...this.accounts.values()], query);
    if (route === "commodities") return page([...this.commodities.values()], query);
    if (route === "journal-entries") return page(Array.from({ length: this.ledger.entryCount }), query);
    if (route !== "reports/trial-balance") return problem(404, "ROUTE_NOT_FOUND");
    const totals = [...this.ledger.totals()].map(([commodity, { debit, credit }]) => ({
      commodity,
      debit: debit.toFixed(),
      credit: credit.toFixed(),
    }));
    return Response.json({ as_of: null, items: [], totals, next_cursor: null });
  }

  #balance(id: string, query: URLSearchParams): Response {
    const asOf = query.get("as_of") ?? "9999-12-31";
    const account = [...this.accounts.values()].find((candidate) => candidate.id === id);
    if (!account) return problem(404, "NOT_FOUND");
    const balances = [...this.ledger.balances(account.path, asOf, query.get("descendants") === "true")].map(
      ([commodity, balance]) => ({
        commodity,
        balance: balance.toFixed(),
      }),
    );
    return Response.json({ account_id: id, path: account.path, as_of: asOf, balances });
  }

  // biome-ignore lint/suspicious/noExplicitAny: the fake trusts its one client, which the tests hold to the schemas.
  #write(route: string, body: any): Response {
    if (route === "commodities") {
      if (minorUnitsOf(body.code) !== null || this.commodities.has(body.code)) return problem(409, "COMMODITY_EXISTS");
      this.commodities.set(body.code, body);
      return Response.json(body, { status: 201 });
    }
    if (route === "accounts") return this.#open(body);
    const closing = /^accounts\/([^/]+)\/close$/.exec(route)?.[1];
    if (closing !== undefined) {
      const account = [...this.accounts.values()].find(({ id }) => id === closing);
      if (!account) return problem(404, "NOT_FOUND");
      account.closed_on = body.closed_on;
      return Response.json(account);
    }
    if (route === "prices/bulk") return created(body.prices, (price: unknown) => this.prices.push(price));
    if (route !== "journal-entries/bulk") return problem(404, "ROUTE_NOT_FOUND");
    const unknown = body.entries.findIndex(({ lines }: EntryBody) =>
      lines.some((line) => !this.accounts.has(line.account_path)),
    );
    if (unknown !== -1) {
      const errors = [{ pointer: `/entries/${unknown}/lines/0/account_path`, detail: "no such account" }];
      return problem(422, "ACCOUNT_UNKNOWN", { errors });
    }
    return created(body.entries, (entry: EntryBody) => this.ledger.post(entry));
  }

  #open(body: Partial<FakeAccount> & { path: string; type: string }): Response {
    if (this.accounts.has(body.path)) return problem(409, "ACCOUNT_PATH_TAKEN");
    const account = {
      id: crypto.randomUUID(),
      path: body.path,
      type: body.type,
      commodities: body.commodities ?? null,
      opened_on: body.opened_on ?? null,
      closed_on: null,
      active: true,
    };
    this.accounts.set(body.path, account);
    return Response.json(account, { status: 201 });
  }
}

function created<T>(items: readonly T[], keep: (item: T) => unknown): Response {
  for (const item of items) keep(item);
  return Response.json({ items: items.map(() => ({ id: crypto.randomUUID() })), next_cursor: null }, { status: 201 });
}

/** Pages of two, so that a client that reads one page only is caught. */
function page(items: readonly unknown[], query: URLSearchParams): Response {
  const start = Number(query.get("cursor") ?? 0);
  const end = start + Math.min(2, Number(query.get("limit") ?? 2));
  return Response.json({ items: items.slice(start, end), next_cursor: end < items.length ? String(end) : null });
}
