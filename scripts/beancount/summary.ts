import { confirmedOf, type ImportCounts, type ImportProgress } from "./client/import-progress.ts";
import type { ImportPlan } from "./plan/plan-types.ts";
import { formatFault } from "./syntax/fault.ts";
import { Exact } from "./syntax/written-number.ts";

/** Lines of the book that are named for each kind of thing left out. */
const LINES_NAMED_MAX = 10;
const KINDS = ["commodities", "accounts", "prices", "entries", "voids", "closings", "deactivations"] as const;
/** Kinds that only an export has: not named where there is none. */
const RARE: ReadonlySet<string> = new Set(["voids", "deactivations"]);

/** What the plan holds, for people: counts, and everything of the book that is not imported. */
export function formatPlan(plan: ImportPlan): string[] {
  const { counts } = plan;
  return [
    `book            ${plan.file}`,
    `transactions    ${counts.transactions}, and ${counts.paddings} from pads`,
    `rounding lines  ${counts.roundingLines}`,
    `fraction lines  ${counts.fractionLines}`,
    `planned         ${formatCounts(countsOf(plan))}, ${plan.assertions.length} assertions`,
    ...formatUnimported(plan),
  ];
}

/** What the API confirmed, for people. */
export function formatProgress(progress: ImportProgress): string[] {
  const { imported, replayed, found, assertions, totals } = progress;
  const failed = assertions.filter(({ holds }) => !holds);
  return [
    `imported        ${formatCounts(imported)}`,
    ...(isAnyIn(replayed) ? [`replayed        ${formatCounts(replayed)}: sent before, and not added again`] : []),
    ...(isAnyIn(found) ? [`found           ${formatCounts(found)}: in the book before`] : []),
    `assertions      ${assertions.length - failed.length} held, ${failed.length} failed`,
    ...failed.map(({ assertion, balance }) => {
      const { path, expected, commodity, date, tolerance } = assertion;
      const message = `${path} at the end of ${date}: expected ${expected} ${commodity} ±${tolerance}, the API has ${balance}`;
      return `  ${formatFault({ ...assertion, message })}`;
    }),
    ...(totals ?? []).map(
      ({ commodity, debit, credit }) =>
        `trial balance   ${commodity} debit ${debit} credit ${credit}${isEqual(debit, credit) ? "" : "  DIFFERENT"}`,
    ),
  ];
}

/** Whether everything planned was confirmed, every assertion holds, and the trial balance balances. */
export function isComplete(plan: ImportPlan, progress: ImportProgress): boolean {
  const { assertions, totals } = progress;
  return (
    plan.faults.length === 0 &&
    KINDS.every((kind) => confirmedOf(progress, kind) === plan[kind].length) &&
    assertions.length === plan.assertions.length &&
    assertions.every(({ holds }) => holds) &&
    totals?.every(({ debit, credit }) => isEqual(debit, credit)) === true
  );
}

function countsOf(plan: ImportPlan): ImportCounts {
  const { commodities, accounts, prices, entries, voids, closings, deactivations } = plan;
  return {
    commodities: commodities.length,
    accounts: accounts.length,
    prices: prices.length,
    entries: entries.length,
    voids: voids.length,
    closings: closings.length,
    deactivations: deactivations.length,
  };
}

function formatCounts(counts: ImportCounts): string {
  return KINDS.filter((kind) => counts[kind] > 0 || !RARE.has(kind))
    .map((kind) => `${counts[kind]} ${kind}`)
    .join(", ");
}

function isAnyIn(counts: ImportCounts): boolean {
  return KINDS.some((kind) => counts[kind] > 0);
}

function isEqual(left: string, right: string): boolean {
  return new Exact(left).eq(new Exact(right));
}

function formatUnimported({ file: main, unimported }: ImportPlan): string[] {
  return [...Map.groupBy(unimported, ({ kind }) => kind)].map(([kind, places]) => {
    const named = places.slice(0, LINES_NAMED_MAX).map(({ file, line }) => (file === main ? line : `${file}:${line}`));
    const more = places.length > named.length ? ", …" : "";
    return `not imported    ${places.length} × ${kind} (line ${named.join(", ")}${more})`;
  });
}
