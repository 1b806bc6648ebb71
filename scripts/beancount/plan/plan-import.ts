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
import type { Assertion, EntryBody, ImportPlan, PlanCounts, Planned, PlannedEntry, VoidBody } from "./plan-types.ts";

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
  voids: Planned<VoidBody>[];
  counts: Pick<PlanCounts, "roundingLines" | "fractionLines">;
} {
  const counts = { roundingLines: 0, fractionLines: 0 };
  const voids: Planned<VoidBody>[] = [];
  const entries = transactions.flatMap((transaction): PlannedEntry[] => {
    const { file, line, metadata } = transaction.source;
    if (isExported(metadata)) {
      const reversal = voidOf(transaction);
      if (reversal) voids.push({ file, line, body: reversal });
      const body = reversal ? null : collectFault(faults, file, () => planExportedEntry(transaction));
      if (body) accounts.checkEntry(body, { file, line });
      return body ? [{ file, line, body, exportedId: textOf(metadata, "footing_id") }] : [];
    }
    const planned = collectFault(faults, file, () => planEntry(transaction, context));
    if (!planned) return [];
    accounts.checkEntry(planned.body, { file, line });
    counts.roundingLines += planned.lines.roundingLines;
    counts.fractionLines += planned.lines.fractionLines;
    return [{ file, line, body: planned.body, exportedId: null }];
  });
  const known = new Set(entries.map(({ exportedId }) => exportedId));
  for (const { file, line, body } of voids) {
    if (!known.has(body.voids))
      faults.push({ file, line, message: `the entry ${body.voids}, which this one voids, is not in the book` });
  }
  return { entries: entries.sort(byDate), voids: voids.sort(byDate), counts };
}

function byDate(left: Planned<Pick<EntryBody, "date">>, right: Planned<Pick<EntryBody, "date">>): number {
  return left.body.date < right.body.date ? -1 : left.body.date > right.body.date ? 1 : 0;
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
