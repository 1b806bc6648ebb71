/** What answers show of the reference model. */
import { scaled } from "../domain/scaled-bigint.ts";
import type { Book, Entry } from "./facts.ts";
import { postedLines, signed, weightOf, written } from "./reference-model.ts";

export function entryOnWire(
  book: Book,
  { place: _, round: __, lines, recorded, created_at, created_by, ...entry }: Entry,
) {
  return {
    ...entry,
    lines: lines.map((line, position) => {
      const weight = weightOf(line);
      return {
        position,
        account_id: line.account_id,
        account_path: pathOf(book, line.account_id),
        side: line.side,
        amount: written(line.commodity, scaled(line.amount)),
        commodity: line.commodity,
        price: line.price === undefined ? null : { ...line.price, source: line.price.source ?? null },
        weight: { amount: written(weight.commodity, weight.amount), commodity: weight.commodity },
        memo: line.memo ?? null,
        metadata: line.metadata ?? {},
        rounding: line.rounding ?? false,
      };
    }),
    created_at,
    created_by,
    posted_at: entry.status === "draft" ? null : recorded.at,
    recorded,
  };
}

export const pathOf = (book: Book, accountId: string) => book.accounts.get(accountId)?.path ?? "no such account";

/** The balances that an entry left, when it was the last that was posted. */
export function balancesLeft(book: Book, entry: Entry) {
  const touched = new Map(entry.lines.map((line) => [`${line.account_id} ${line.commodity}`, line]));
  const all = postedLines(book);
  return [...touched.values()].map(({ account_id, commodity }) => {
    const own = all.filter((line) => line.account_id === account_id && line.commodity === commodity);
    const balance = own.reduce((sum, line) => sum + signed(line.side, scaled(line.amount)), 0n);
    return { account_id, account_path: pathOf(book, account_id), commodity, balance: written(commodity, balance) };
  });
}

/** An answer's text, whatever the order of its fields. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(",")}}`;
}
