import { minorUnitsOf } from "../../domain/currency.ts";
import { type Amount, parseAmount } from "../../domain/decimal.ts";
import { weightOf } from "../../domain/posting.ts";
import type { EntryRow, NewLine, PostedLine } from "./repository.ts";
import type { EntryRequest } from "./schemas.ts";

/** An entry as a caller proposes it, with the id that it will have. */
export interface ProposedEntry extends EntryRequest {
  readonly id: string;
}

type LineRequest = EntryRequest["lines"][number];
type ProposedHeader = Omit<ProposedEntry, "lines">;
export type ProposedLine = ReturnType<typeof toProposedLine>;

export function toProposedLine({ amount, price, ...line }: LineRequest) {
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

export function toNewLine(
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
export function toEntryRow(
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
