/** A book with accounts of every type, its closes, and what the database says of them. */
import type { Sql } from "postgres";
import { v7 as uuidV7 } from "uuid";
import type { Recording } from "../../../src/modules/book-write/index.ts";
import { type Answer, noMetrics, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";

const types = {
  Assets: "asset",
  Income: "income",
  "Income:Sales": "income",
  Expenses: "expense",
  "Expenses:Food": "expense",
  Liabilities: "liability",
  "Equity:Retained": "equity",
};
export type Path = keyof typeof types;
export const paths = Object.keys(types) as Path[];
export const resultPaths: readonly string[] = paths.filter((path) => /^(?:income|expense)$/.test(types[path]));

export const retained = { account_path: "Equity:Retained" };

export interface MoveOptions {
  readonly date: string;
  readonly debit: Path;
  readonly credit: Path;
  readonly amount?: string;
  readonly commodity?: string;
  readonly status?: "draft";
}

/** An entry of two lines, as it is sent. */
export function entryOf({ date, debit, credit, amount = "10.00", commodity = "USD", status }: MoveOptions) {
  return {
    date,
    ...(status === undefined ? {} : { status }),
    lines: [
      { account_path: debit as string, side: "debit" as const, amount, commodity },
      { account_path: credit as string, side: "credit" as const, amount, commodity },
    ],
  };
}

export interface PeriodBook extends BookClient {
  readonly accountIds: ReadonlyMap<string, string>;
  /** Posts or drafts an entry, which must succeed. */
  move(options: MoveOptions): Promise<Answer["body"]>;
  close(through: string, more?: object): Promise<Answer>;
  /** A close that must succeed. */
  closed(through: string, more?: object): Promise<Answer["body"]>;
  reopen(closeId: string): Promise<Answer>;
  /** By account and commodity, where not zero: debits minus credits up to a day. */
  resultsAt(date: string): Promise<Record<string, string>>;
}

export async function createPeriodBook(app: TestApp): Promise<PeriodBook> {
  const book = await createBookClient(app);
  const accountIds = new Map<string, string>();
  for (const [path, type] of Object.entries(types)) accountIds.set(path, (await book.account(path, { type })).id);
  await book.post("/commodities", { code: "ACME", places: 4 });
  await book.post("/commodities", { code: "SEAT", places: 0 });
  const close = (through: string, more: object = {}) =>
    book.post("/period-closes", { closed_through: through, ...more });
  return {
    ...book,
    accountIds,
    close,
    move: async (options) => made(await book.post("/journal-entries", entryOf(options))),
    closed: async (through, more) => made(await close(through, more)),
    reopen: (closeId) => book.post(`/period-closes/${closeId}/reopen`, { reason: "A late invoice" }),
    async resultsAt(date) {
      const balances: [string, string][] = [];
      for (const path of resultPaths) {
        const { body } = await book.get(`/accounts/${accountIds.get(path)}/balance?descendants=false&as_of=${date}`);
        for (const { commodity, balance } of body.balances) balances.push([`${path} ${commodity}`, balance]);
      }
      return Object.fromEntries(balances.filter(([, balance]) => /[1-9]/.test(balance)));
    },
  };
}

export function made({ status, body }: Answer): Answer["body"] {
  if (status !== 201) throw new Error(`answered ${JSON.stringify(body)}`);
  return body;
}

/** For calling a service past HTTP. */
export function recordingFor(book: BookClient): Recording {
  const [userId, requestId] = [uuidV7(), uuidV7()];
  return {
    bookId: book.bookId,
    userId,
    apiKeyId: null,
    at: new Date(),
    requestId,
    traceId: "0".repeat(32),
    metrics: noMetrics,
  };
}

/** Whether an entry had been committed at a close, and at its reopening (null where it stands). */
export async function knownAt(superuser: Sql, entryId: string, closeId: string) {
  const [row] = await superuser<{ close: boolean; reopening: boolean | null }[]>`
    select pg_visible_in_snapshot(e.recorded_xid, c.knowledge) as close,
      pg_visible_in_snapshot(e.recorded_xid, c.reopen_knowledge) as reopening
    from ledger.journal_entries e, ledger.period_closes c where e.id = ${entryId} and c.id = ${closeId}`;
  if (row === undefined) throw new Error("there is no such entry or close");
  return row;
}
