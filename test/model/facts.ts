/** What a book has in the reference model: facts in the order in which they were recorded. None of them ever changes. */

export type Side = "debit" | "credit";
export type Texts = readonly string[];

export interface Account {
  readonly id: string;
  readonly path: string;
  readonly type: "asset" | "liability" | "equity" | "income" | "expense";
  readonly code: string | null;
  readonly commodities: Texts | null;
  readonly description: string | null;
  readonly cash_flow: "cash" | "operating" | "investing" | "financing" | null;
  readonly active: boolean;
  readonly opened_on: string | null;
  readonly closed_on: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface UnitPrice {
  readonly amount: string;
  readonly commodity: string;
  readonly source?: string | null | undefined;
}

/** A line as a client writes it. */
export interface Line {
  readonly account_id?: string;
  readonly account_path?: string;
  readonly side: Side;
  readonly amount: string;
  readonly commodity: string;
  readonly price?: UnitPrice | undefined;
  readonly memo?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly rounding?: boolean | undefined;
}

export interface Header {
  readonly date: string;
  readonly memo: string | null;
  readonly payee: string | null;
  readonly tags: Texts;
  readonly links: Texts;
  readonly metadata: Readonly<Record<string, string>>;
  readonly source: string | null;
  readonly closing: boolean;
}

export interface Recorded {
  readonly at: string;
  readonly by: string;
  readonly api_key_id: string | null;
  readonly request_id: string;
  readonly trace_id: string;
}

export interface Entry extends Header {
  readonly id: string;
  readonly status: "draft" | "posted" | "voided";
  readonly voids: string | null;
  readonly void_reason: string | null;
  readonly voided_by: string | null;
  readonly created_at: string;
  readonly created_by: string;
  readonly recorded: Recorded;
  /** How many postings there were before. */
  readonly place: number;
  /** Of the writes that were sent at the same time. */
  readonly round: number;
  /** Each names its account by id. */
  readonly lines: readonly (Line & { readonly account_id: string })[];
}

export interface Price {
  readonly id: string;
  readonly commodity: string;
  readonly quote: string;
  readonly date: string;
  readonly price: string;
  readonly source: string | null;
  readonly created_at: string;
}

export interface Close {
  readonly id: string;
  readonly closed_through: string;
  readonly closed: Recorded;
  readonly knowledge: string;
  readonly closing_entry_ids: Texts;
  readonly reopened: (Omit<Recorded, "api_key_id"> & { readonly reason: string; readonly knowledge: string }) | null;
}

/** What was known: so many postings and, where nothing else was under way, so many versions of prices. */
export interface Point {
  readonly knownAt: string;
  readonly postings: number;
  readonly versions: number | null;
}

export interface Kept {
  readonly route: string;
  readonly body: string;
  readonly status: number;
  readonly answer: unknown;
  readonly at: string;
}

/** All of a book. What the maps hold never changes; {@link fork} makes another book of it. */
export interface Book {
  readonly userId: string;
  now: string;
  postings: number;
  /** Counts the looks between which writes were sent at the same time; `quiet`: one after another. */
  round: number;
  quiet: boolean;
  readonly accounts: Map<string, Account>;
  readonly entries: Map<string, Entry>;
  readonly prices: Map<string, Price>;
  /** Every price that was told, corrected or (null) deleted, in that order. */
  readonly versions: (Omit<Price, "price"> & { readonly price: string | null })[];
  readonly closes: Map<string, Close>;
  /** The tokens that answers gave of what they knew. */
  readonly points: Point[];
  readonly kept: Map<string, Kept>;
  /** What each entity tag was given for. */
  readonly tags: Map<string, string>;
}

export function emptyBook(userId: string, now: string): Book {
  const facts = { accounts: new Map(), entries: new Map(), prices: new Map(), versions: [], closes: new Map() };
  return { userId, now, postings: 0, round: 0, quiet: true, ...facts, points: [], kept: new Map(), tags: new Map() };
}

export function fork(book: Book): Book {
  const { accounts, entries, prices, versions, closes, points, kept, tags } = book;
  const facts = { accounts: new Map(accounts), entries: new Map(entries), prices: new Map(prices) };
  const others = { versions: [...versions], closes: new Map(closes), points: [...points] };
  return { ...book, ...facts, ...others, kept: new Map(kept), tags: new Map(tags) };
}
