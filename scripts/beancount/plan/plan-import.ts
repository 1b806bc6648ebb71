import { dayBefore } from "../../../src/domain/calendar-date.ts";
import { bookAll } from "../booking/book.ts";
import type { BookedTransaction } from "../booking/booked.ts";
import { balanceToleranceOf } from "../booking/tolerances.ts";
import { planExportedEntry, voidOf } from "../exported/exported-entry.ts";
import { isExported, textOf } from "../exported/exported-values.ts";
import { restoreNames } from "../exported/restore-names.ts";
import type { Balance } from "../syntax/directives.ts";
import { collectFault, type Fault, inBookOrder, type Unimported } from "../syntax/fault.ts";
import type { Book } from "../syntax/load-book.ts";
import { formatNumber } from "../syntax/written-number.ts";
import { AccountPlanner } from "./plan-accounts.ts";
import { planCommodities } from "./plan-commodities.ts";
import { planEntry } from "./plan-entry.ts";
import type { LineContext } from "./plan-lines.ts";
import { planPrices } from "./plan-prices.ts";
import type { Assertion, EntryBody, ImportPlan, PlanCounts, PlannedEntry, PlannedVoid } from "./plan-types.ts";

/** Books a book and works out every request that imports it, without a connection. */
export function planImport(written: Book): ImportPlan {
  const book = restoreNames(written);
  const booked = bookAll(book);
  const faults: Fault[] = [...booked.faults];
  const { directives } = book;
  const accounts = new AccountPlanner(book, faults);
  const commodities = planCommodities(directives, booked.transactions, faults);
  const context = { placesOf: commodities.placesOf, roundingAccount: accounts.roundingAccount };
  const { entries, voids, counts } = planEntries(booked.transactions, context, accounts, faults);
  const prices = planPrices(directives, faults);
  const balances = directives.filter((directive) => directive.kind === "balance");
  const assertions = balances.flatMap((balance) => planAssertion(balance, book, faults) ?? []);
  for (const assertion of assertions) accounts.checkAsserted(assertion.path, assertion.commodity, assertion);
  return {
    file: book.file,
    commodities: commodities.planned,
    accounts: [...accounts.accounts.values()],
    prices: prices.planned,
    entries,
    voids,
    closings: [...accounts.closings.values()],
    deactivations: accounts.deactivations,
    assertions,
    counts: {
      ...counts,
      transactions: booked.transactions.length - booked.paddingCount,
      paddings: booked.paddingCount,
    },
    unimported: [
      ...booked.unimported,
      ...commodities.unimported,
      ...accounts.unimported,
      ...prices.unimported,
      ...balanceMetadata(balances),
    ],
    faults: faults.sort(inBookOrder),
  };
}

function planEntries(
  transactions: readonly BookedTransaction[],
  context: LineContext,
  accounts: AccountPlanner,
  faults: Fault[],
): {
  entries: PlannedEntry[];
  voids: PlannedVoid[];
  counts: Pick<PlanCounts, "roundingLines" | "fractionLines">;
} {
  const counts = { roundingLines: 0, fractionLines: 0 };
  const entries: PlannedEntry[] = [];
  const voids: PlannedVoid[] = [];
  const exportedIds = new Set<string | null>();
  const add = (body: EntryBody, { file, line, metadata }: BookedTransaction["source"]): void => {
    accounts.checkEntry(body, { file, line });
    const exportedId = isExported(metadata) ? textOf(metadata, "footing_id") : null;
    exportedIds.add(exportedId);
    entries.push({ file, line, body, exportedId });
  };
  for (const transaction of transactions.toSorted(byDate)) {
    const { source } = transaction;
    const { file, line } = source;
    const reversal = isExported(source.metadata) ? voidOf(transaction) : null;
    if (reversal) {
      voids.push({ file, line, body: reversal, after: entries.length });
      if (exportedIds.has(reversal.voids)) continue;
      faults.push({ file, line, message: `the entry ${reversal.voids}, which this one voids, is not before it` });
    } else if (isExported(source.metadata)) {
      const body = collectFault(faults, file, () => planExportedEntry(transaction));
      if (body) add(body, source);
    } else {
      const planned = collectFault(faults, file, () => planEntry(transaction, context));
      if (!planned) continue;
      add(planned.body, source);
      counts.roundingLines += planned.lines.roundingLines;
      counts.fractionLines += planned.lines.fractionLines;
    }
  }
  return { entries, voids, counts };
}

function byDate({ source: left }: BookedTransaction, { source: right }: BookedTransaction): number {
  return left.date < right.date ? -1 : left.date > right.date ? 1 : 0;
}

function planAssertion(balance: Balance, book: Book, faults: Fault[]): Assertion | null {
  const { file, line, amount } = balance;
  const date = dayBefore(balance.date);
  if (date === null) {
    faults.push({ file, line, message: "there is no day before this assertion's" });
    return null;
  }
  return {
    file,
    line,
    path: balance.account.normalize("NFC"),
    date,
    commodity: amount.currency,
    expected: formatNumber(amount.number),
    tolerance: balanceToleranceOf(balance, book.options).toFixed(),
  };
}

function balanceMetadata(balances: readonly Balance[]): Unimported[] {
  return balances.flatMap(({ metadata, file, line }) =>
    Object.keys(metadata).map((key) => ({ kind: `balance metadata ${key}`, file, line })),
  );
}
