import { scaled, unscaled } from "../../domain/scaled-bigint.ts";
import type { Dice } from "../dice.ts";
import type { Account, Book, Line } from "../facts.ts";
import { pathOf } from "../on-the-wire.ts";
import { preconditionOf, refused, type Write } from "../performing.ts";
import { accountOf, closedThrough, faultsOf, places, postedLines, signed } from "../reference-model.ts";
import { addDays, dayNear, someAccount } from "../vocabulary.ts";
import { nowBy, record, someTag } from "./journal.ts";

/** What was known at a token; where others wrote meanwhile nobody can tell. */
function notePoint(book: Book, knownAt: string): void {
  if (book.quiet) book.points.push({ knownAt, postings: book.postings, versions: book.versions.length });
}

type Named = { readonly account_id: string } | { readonly account_path: string };

/** What brings an amount to zero: a line in the commodity's places, and one for a remainder finer than that. */
function linesAgainst(account_id: string, commodity: string, balance: bigint): Line[] {
  const side = balance > 0n ? ("credit" as const) : ("debit" as const);
  const amount = balance > 0n ? balance : -balance;
  const rest = amount % 10n ** BigInt(36 - (places[commodity] ?? 0));
  const line = (part: bigint, rounding: boolean) =>
    part === 0n ? [] : [{ account_id, side, amount: unscaled(part), commodity, rounding }];
  return [...line(amount - rest, false), ...line(rest, true)];
}

/** The lines that move income and expenses up to a day to an account of equity, by commodity and path. */
function closingLines(book: Book, through: string, retained: Account): Line[] {
  const held = new Map<string, { id: string; commodity: string; balance: bigint }>();
  for (const { entry, account_id: id, commodity, side, amount } of postedLines(book)) {
    if (entry.date > through || !["income", "expense"].includes(book.accounts.get(id)?.type ?? "")) continue;
    const key = `${commodity} ${pathOf(book, id)}`;
    const balance = (held.get(key)?.balance ?? 0n) + signed(side, scaled(amount));
    held.set(key, { id, commodity, balance });
  }
  const results = [...held].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, result]) => result);
  const totals = Map.groupBy(
    results.filter(({ balance }) => balance !== 0n),
    ({ commodity }) => commodity,
  );
  return [
    ...results.flatMap(({ id, commodity, balance }) => linesAgainst(id, commodity, balance)),
    ...[...totals].flatMap(([commodity, own]) =>
      linesAgainst(retained.id, commodity, -own.reduce((sum, { balance }) => sum + balance, 0n)),
    ),
  ];
}

/** A closing line's fault is told of what the request says. */
function tellFault(fault: string, lines: readonly Line[], retained: Account, pointer: string): string {
  const [id = "", place = ""] = fault.split(" ");
  const line = lines[Number(place.split("/")[2])];
  if (line?.account_id === retained.id) return `${id} ${pointer}`;
  return `${id} ${id === "ACCOUNT_NOT_OPEN" ? "/closed_through" : ""}`;
}

function close(through: string, named?: Named): Write {
  return {
    method: "POST",
    path: "/period-closes",
    json: { closed_through: through, ...(named === undefined ? {} : { retained_earnings: named }) },
    apply(book, answered, recorded) {
      if (through <= (closedThrough(book) ?? "")) return refused(409, "PERIOD_CLOSED");
      const closing_entry_ids: string[] = answered.closing_entry_ids ?? [];
      if (named !== undefined) {
        const pointer = `/retained_earnings/${Object.keys(named)[0]}`;
        const retained = accountOf(book, named as Line);
        if (retained === undefined) return refused(422, `ACCOUNT_UNKNOWN ${pointer}`);
        if (retained.type !== "equity") return refused(422, `RETAINED_EARNINGS_INVALID ${pointer}`);
        const lines = closingLines(book, through, retained);
        const faults = faultsOf(book, through, lines).map((fault) => tellFault(fault, lines, retained, pointer));
        if (faults.length > 0) return refused(422, ...faults);
        const [id] = closing_entry_ids;
        if ((id !== undefined) !== lines.length > 0) return refused(500, `${lines.length} closing lines`);
        const entry = { date: through, closing: true, lines };
        if (id !== undefined) record(book, "posted", entry, { id, ...nowBy(book) }, recorded);
      } else if (closing_entry_ids.length > 0) return refused(500, "no closing entries");
      const { id, knowledge } = answered;
      const made = { id, closed_through: through, closed: recorded, knowledge, closing_entry_ids, reopened: null };
      book.closes.set(id, made);
      notePoint(book, knowledge);
      return { status: 201, body: made, tagged: made };
    },
  };
}

function reopen(id: string, ifMatch: string | undefined): Write {
  const reason = "An invoice came late";
  return {
    method: "POST",
    path: `/period-closes/${id}/reopen`,
    json: { reason },
    ifMatch,
    apply(book, answered, { api_key_id: _, ...recorded }) {
      const standing = book.closes.get(id);
      if (standing === undefined) return refused(404, "NOT_FOUND");
      const passed = preconditionOf(book, { ifMatch, required: false, answered }, standing);
      if (passed !== null) return passed;
      if (standing.reopened !== null) return refused(409, "PERIOD_REOPENED");
      if (standing.closed_through !== closedThrough(book)) return refused(409, "PERIOD_NOT_LATEST");
      const knowledge: string = answered.reopened?.knowledge;
      const after = { ...standing, reopened: { ...recorded, reason, knowledge } };
      book.closes.set(id, after);
      notePoint(book, knowledge);
      return { status: 200, body: after, tagged: after };
    },
  };
}

/** Mostly a few days on, so that there is something left to post. */
function someDay(dice: Dice, book: Book): string {
  const closed = closedThrough(book) ?? dice.of(["2025-12-31", "2025-01-31"]);
  return dice.chance(25) ? dayNear(dice, book) : addDays(closed, dice.below(6) + (dice.chance(10) ? 0 : 1));
}

export const periodSteps: Record<string, (dice: Dice, book: Book) => Write> = {
  "close a period": (dice, book) => close(someDay(dice, book)),
  "close a period to retained earnings": (dice, book) => {
    const equity = [...book.accounts.values()].filter(({ type }) => type === "equity");
    const { id, path } = dice.chance(12) ? someAccount(dice, book) : (equity[0] ?? someAccount(dice, book));
    const named = dice.of([{ account_id: id }, { account_path: path }]);
    return close(someDay(dice, book), dice.chance(4) ? { account_path: "No:Such" } : named);
  },
  "reopen a period": (dice, book) => {
    const standing = [...book.closes.values()].toSorted((left, right) =>
      left.closed_through < right.closed_through ? 1 : -1,
    );
    const open = standing.filter(({ reopened }) => reopened === null);
    const wanted = dice.chance(20) || open.length === 0 ? standing : open.slice(0, dice.chance(20) ? 2 : 1);
    const { id } = wanted.length === 0 ? { id: "0198c5a0-0000-7000-8000-00000000dead" } : dice.of(wanted.toReversed());
    return reopen(id, someTag(dice, book, id, 40));
  },
};
