import { minorUnitsOf } from "../../domain/currency.ts";
import { type Amount, parseAmount } from "../../domain/decimal.ts";
import { weightOf } from "../../domain/posting.ts";
import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import {
  type EntryRow,
  findEntry,
  findLineFaults,
  insertPostedEntries,
  type LineFaultKind,
  type LineFaults,
  type NewLine,
  type PostedLine,
} from "./repository.ts";
import { type EntryFault, entryFaultsOf } from "./rules.ts";
import type { EntryRequest } from "./schemas.ts";

/** An entry as a caller proposes it, with the id that it will have. */
export interface ProposedEntry extends EntryRequest {
  readonly id: string;
}

export interface Posting {
  readonly bookId: string;
  readonly userId: string;
  readonly recordedAt: Date;
}

/**
 * Posts one entry.
 * @throws as {@link postEntries}; pointers start at the entry.
 */
export async function postEntry(tx: Tx, posting: Posting & { readonly entry: ProposedEntry }): Promise<EntryRow> {
  const [posted] = await post(tx, posting, [posting.entry], () => "");
  if (posted === undefined) throw new Error("one entry was posted and none came back");
  return posted;
}

/**
 * Posts entries, all or none.
 * @param posting - `entries`: 1 to 1,000, in the order in which they are answered
 * @throws ENTRY_UNBALANCED, AMOUNT_TOO_PRECISE, ROUNDING_LINE_INVALID, ACCOUNT_UNKNOWN, ACCOUNT_INACTIVE,
 *   ACCOUNT_NOT_OPEN, COMMODITY_UNKNOWN, COMMODITY_NOT_PERMITTED; the first fault gives the id, `errors[]` has them all
 *   (5,000 at most), each with its own id and a pointer that starts with `/entries/{index}`.
 */
export function postEntries(
  tx: Tx,
  posting: Posting & { readonly entries: readonly ProposedEntry[] },
): Promise<EntryRow[]> {
  return post(tx, posting, posting.entries, (index) => `/entries/${index}`);
}

async function post(
  tx: Tx,
  { bookId, userId, recordedAt }: Posting,
  entries: readonly ProposedEntry[],
  pointerOf: (entryIndex: number) => string,
): Promise<EntryRow[]> {
  const proposed = entries.map((entry) => ({ ...entry, lines: entry.lines.map(toProposedLine) }));
  const lines = proposed.flatMap((entry, index) =>
    entry.lines.map((line, position) => toNewLine(entry, index, line, position)),
  );
  const certain = proposed.map((entry) => entryFaultsOf(entry.lines));
  const refuse = (found: readonly LineFaults[]) => throwFaults(mergeFaults(proposed, certain, found), pointerOf);
  if (certain.some((faults) => faults.length > 0)) refuse(await findLineFaults(tx, { bookId, lines }));
  const outcome = await insertPostedEntries(tx, {
    bookId,
    userId,
    recordedAt,
    entries: proposed.map(({ lines: _, tags = [], links = [], metadata = {}, ...header }) => ({
      ...header,
      tags,
      links,
      metadata,
    })),
    lines,
  });
  if ("faults" in outcome) return refuse(outcome.faults);
  const accountsOf = Map.groupBy(outcome.lines, (line) => line.entry_index);
  return proposed.map((entry, index) => toEntryRow(entry, accountsOf.get(index) ?? [], recordedAt));
}

/** @throws NOT_FOUND when the book has no such entry. */
export async function getEntry(tx: Tx, key: { readonly bookId: string; readonly entryId: string }): Promise<EntryRow> {
  const entry = await findEntry(tx, key);
  if (entry === null) throw new AppError("NOT_FOUND", { detail: "There is no such journal entry." });
  return entry;
}

export { type EntryKey, listEntries } from "./repository.ts";

const faultsMax = 5_000;

type LineRequest = EntryRequest["lines"][number];
type ProposedHeader = Omit<ProposedEntry, "lines">;
type ProposedLine = ReturnType<typeof toProposedLine>;

function toProposedLine({ amount, price, ...line }: LineRequest) {
  return {
    ...line,
    amount: toAmount(amount),
    price: price === undefined ? null : { amount: toAmount(price.amount), commodity: price.commodity },
  };
}

/** The schema has checked the grammar. */
function toAmount(text: string): Amount {
  const amount = parseAmount(text);
  if (amount === null) throw new TypeError(`not an amount: ${text}`);
  return amount;
}

function toNewLine(
  entry: { id: string; date: string },
  entryIndex: number,
  line: ProposedLine,
  position: number,
): NewLine {
  const weight = weightOf(line);
  return {
    entry_index: entryIndex,
    entry_id: entry.id,
    date: entry.date,
    position,
    account_id: line.account_id,
    account_path: line.account_path,
    side: line.side,
    amount: line.amount,
    commodity: line.commodity,
    places: minorUnitsOf(line.commodity),
    price_amount: line.price?.amount,
    price_commodity: line.price?.commodity,
    price_places: line.price === null ? null : minorUnitsOf(line.price.commodity),
    weight: weight.amount,
    weight_commodity: weight.commodity,
    memo: line.memo,
    metadata: line.metadata ?? {},
    rounding: line.rounding ?? false,
  };
}

/** What was stored, without reading it back. */
function toEntryRow(
  entry: ProposedHeader & { lines: readonly ProposedLine[] },
  accounts: readonly PostedLine[],
  recordedAt: Date,
): EntryRow {
  return {
    id: entry.id,
    status: "posted",
    date: entry.date,
    memo: entry.memo ?? null,
    payee: entry.payee ?? null,
    tags: entry.tags ?? [],
    links: entry.links ?? [],
    metadata: entry.metadata ?? {},
    source: entry.source ?? null,
    createdAt: recordedAt,
    postedAt: recordedAt,
    lines: accounts.map(({ position, account_id, account_path }) => {
      const line = entry.lines[position];
      if (line === undefined) throw new Error(`ledger.post_entries answered a line ${position} that was not sent`);
      const weight = weightOf(line);
      return {
        position,
        account_id,
        account_path,
        side: line.side,
        amount: line.amount,
        commodity: line.commodity,
        price_amount: line.price?.amount ?? null,
        price_commodity: line.price?.commodity ?? null,
        weight: weight.amount,
        weight_commodity: weight.commodity,
        memo: line.memo ?? null,
        metadata: line.metadata ?? {},
        rounding: line.rounding ?? false,
      };
    }),
  };
}

/** Each entry's faults in the order of its lines. Of two that say the same, the database's knows the commodity's places. */
function mergeFaults(
  entries: readonly { readonly lines: readonly ProposedLine[] }[],
  certain: readonly (readonly EntryFault[])[],
  found: readonly LineFaults[],
): EntryFault[][] {
  const foundIn = Map.groupBy(found, (faults) => faults.entry_index);
  const nameOf = ({ pointer, error_id }: EntryFault) => `${error_id} ${pointer}`;
  return entries.map((entry, index) => {
    const exact = (foundIn.get(index) ?? []).flatMap((line) => toFaults(line, entry));
    const told = new Set(exact.map(nameOf));
    const others = (certain[index] ?? []).filter((fault) => !told.has(nameOf(fault)));
    return [...others, ...exact].sort((left, right) => left.position - right.position);
  });
}

/** @throws the first fault's id, with the first 5,000 faults in `errors[]`. */
function throwFaults(faultsOf: readonly (readonly EntryFault[])[], pointerOf: (entryIndex: number) => string): never {
  const faults = faultsOf.flatMap((entryFaults, index) =>
    entryFaults.map(({ pointer, detail, error_id }) => ({
      pointer: `${pointerOf(index)}${pointer}`,
      detail,
      error_id,
    })),
  );
  const [first] = faults;
  if (first === undefined) throw new Error("an entry was refused and no fault found");
  throw new AppError(first.error_id, {
    detail: `${first.pointer}: ${first.detail}`,
    fields: faults.slice(0, faultsMax),
  });
}

const lineFaults: Readonly<
  Record<LineFaultKind, { id: EntryFault["error_id"]; field: string; detail: (fault: LineFaults) => string }>
> = {
  account_unknown: { id: "ACCOUNT_UNKNOWN", field: "account", detail: () => "the book has no such account" },
  account_inactive: {
    id: "ACCOUNT_INACTIVE",
    field: "account",
    detail: (fault) => `${fault.account_path} is inactive`,
  },
  account_not_open: {
    id: "ACCOUNT_NOT_OPEN",
    field: "account",
    detail: (fault) => `${fault.account_path} is open ${openInterval(fault)}`,
  },
  commodity_unknown: {
    id: "COMMODITY_UNKNOWN",
    field: "commodity",
    detail: (fault) => `the book has no commodity ${fault.commodity}`,
  },
  price_commodity_unknown: {
    id: "COMMODITY_UNKNOWN",
    field: "price/commodity",
    detail: (fault) => `the book has no commodity ${fault.price_commodity}`,
  },
  commodity_not_permitted: {
    id: "COMMODITY_NOT_PERMITTED",
    field: "commodity",
    detail: (fault) => `${fault.account_path} does not take ${fault.commodity}`,
  },
  amount_too_precise: {
    id: "AMOUNT_TOO_PRECISE",
    field: "amount",
    detail: (fault) => `${fault.commodity} has ${fault.places} decimal places`,
  },
  rounding_too_large: {
    id: "ROUNDING_LINE_INVALID",
    field: "amount",
    detail: (fault) => `must be smaller than one unit in decimal place ${fault.places} of ${fault.commodity}`,
  },
};

function toFaults(line: LineFaults, entry: { readonly lines: readonly ProposedLine[] }): EntryFault[] {
  const account = entry.lines[line.position]?.account_id === undefined ? "account_path" : "account_id";
  return line.kinds.map((kind) => {
    const { id, field, detail } = lineFaults[kind];
    return {
      position: line.position,
      pointer: `/lines/${line.position}/${field === "account" ? account : field}`,
      detail: detail(line),
      error_id: id,
    };
  });
}

function openInterval({ opened_on: from, closed_on: to }: LineFaults): string {
  return [from === null ? "" : `from ${from}`, to === null ? "" : `until ${to}`]
    .filter((part) => part !== "")
    .join(" ");
}
