import { minorUnitsOf } from "../../domain/currency.ts";
import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import type { Recording } from "../book-write/index.ts";
import { bulkEntriesMax, linesMax, postEntries } from "../journal/index.ts";
import { type ClosingLine, closingEntriesOf } from "./closing-rules.ts";
import { type AccountName, findAccount, type HeldResult, listResults } from "./repository.ts";

export interface ClosingAsked {
  /** The date of the entries. */
  readonly closedThrough: string;
  readonly retainedEarnings: AccountName;
  readonly memo: string | undefined;
  /** Makes the id of an entry. */
  readonly newId: () => string;
}

/**
 * Moves what income and expense accounts hold up to a day to retained earnings, in each commodity: what earlier closes
 * moved is not moved again. Gives the ids of the entries; none where every balance is zero.
 * @throws ACCOUNT_UNKNOWN, RETAINED_EARNINGS_INVALID for retained earnings; ACCOUNT_INACTIVE, ACCOUNT_NOT_OPEN,
 *   COMMODITY_NOT_PERMITTED for an account that takes no more lines: what it holds is to be moved by hand, or the
 *   account to be mended.
 */
export async function postClosingEntries(
  tx: Tx,
  recording: Recording,
  { closedThrough, retainedEarnings, memo, newId }: ClosingAsked,
): Promise<string[]> {
  const pointer = `/retained_earnings/${"id" in retainedEarnings ? "account_id" : "account_path"}`;
  const account = await findAccount(tx, recording.bookId, retainedEarnings);
  if (account === null) throw refused("ACCOUNT_UNKNOWN", pointer, "the book has no such account");
  if (account.type !== "equity") {
    throw refused("RETAINED_EARNINGS_INVALID", pointer, `${account.path} is of the type ${account.type}`);
  }
  const results = await listResults(tx, recording.bookId, closedThrough);
  const lists = closingEntriesOf(results.map(toResultBalance), { retainedEarningsId: account.id, linesMax });
  const entries = lists.map((lines) => ({ id: newId(), date: closedThrough, memo, closing: true, lines }));
  for (let from = 0; from < entries.length; from += bulkEntriesMax) {
    const batch = entries.slice(from, from + bulkEntriesMax);
    await postEntries(tx, recording, batch, (index, { position, error_id }) => {
      const line: ClosingLine | undefined = batch[index]?.lines[position];
      if (line?.account_id === account.id) return pointer;
      return error_id === "ACCOUNT_NOT_OPEN" ? "/closed_through" : "";
    });
  }
  return entries.map(({ id }) => id);
}

function toResultBalance({ account_id: accountId, commodity, balance, places: own }: HeldResult) {
  const places = minorUnitsOf(commodity) ?? own;
  if (places === null) throw new Error(`the book holds ${commodity} and does not know it`);
  return { accountId, commodity, balance, places };
}

function refused(id: "ACCOUNT_UNKNOWN" | "RETAINED_EARNINGS_INVALID", pointer: string, detail: string) {
  return new AppError(id, { detail: `${pointer}: ${detail}`, fields: [{ pointer, detail, error_id: id }] });
}
