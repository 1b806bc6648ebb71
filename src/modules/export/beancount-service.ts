import type { Tx } from "../../foundation/db/index.ts";
import {
  quoted,
  toAccountDirectives,
  toCommodityDirective,
  toPriceDirective,
  toTransaction,
} from "./beancount-rules.ts";
import { toBeancountAccount } from "./name-rules.ts";
import { type Exporting, readAccounts, readCommodities, readEntries, readHead, readPrices } from "./record-service.ts";
import { findFirstDay } from "./repository.ts";

/** Opens what is open from ever in a book without entries. */
const firstDayOfNone = "1970-01-01";

/**
 * The book as a beancount file: entries by date and then as they were posted, without the drafts. Names of accounts are
 * kept in memory, and of the rest one page at a time.
 *
 * All of it stands between a `pushmeta` and its `popmeta`, so that beancount and the importer fault a file that was cut off.
 * @throws NOT_FOUND before anything is given.
 */
export async function* exportBeancount(tx: Tx, exporting: Exporting): AsyncGenerator<string> {
  const { bookId } = exporting;
  const { book, exported } = await readHead(tx, exporting);
  yield `; Exported by Footing at ${exported.at}, as of ${exported.knowledge}.\n`;
  yield "; Left out: drafts, period closes, who recorded what and when.\n";
  yield `option "title" ${quoted(book.name)}\n\npushmeta footing_export: "1"\n\n`;
  const firstDay = (await findFirstDay(tx, bookId)) ?? firstDayOfNone;
  for await (const commodity of readCommodities(tx, bookId)) yield toCommodityDirective(commodity, firstDay);
  const names = new Map<string, string>();
  for await (const account of readAccounts(tx, bookId)) {
    names.set(account.id, toBeancountAccount(account));
    yield toAccountDirectives(account, firstDay);
  }
  for await (const price of readPrices(tx, bookId)) yield toPriceDirective(price);
  yield "\n";
  for await (const entry of readEntries(tx, bookId, "dated")) yield toTransaction(entry, names);
  yield "popmeta footing_export:\n";
}
