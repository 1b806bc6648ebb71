import type { Dice } from "../dice.ts";
import type { Account, Book } from "../facts.ts";
import { type Answered, type Outcome, preconditionOf, refused, type Write } from "../performing.ts";
import { places } from "../reference-model.ts";
import { dayNear, dayOf, memos, paths, someAccount, spareAccount } from "../vocabulary.ts";
import { someTag } from "./journal.ts";

type New = Pick<Account, "path" | "type"> & Partial<Account>;
type Patch = Partial<
  Pick<Account, "path" | "code" | "commodities" | "description" | "cash_flow" | "active" | "opened_on">
>;
type Aim = { readonly id: string; readonly ifMatch: string | undefined; readonly required: boolean };

const isWithin = (path: string, top: string) => path === top || path.startsWith(`${top}:`);
const others = (book: Book, id: string) => [...book.accounts.values()].filter((account) => account.id !== id);

/** What a change of an account's own fields runs into. Lines are held against what is changed, those of drafts too. */
function conflictsOf(book: Book, account: Account, changed: Partial<Account>): Outcome | null {
  const lines = [...book.entries.values()].flatMap((entry) =>
    entry.lines.map((line) => ({ ...line, date: entry.date })),
  );
  const own = lines.filter((line) => line.account_id === account.id);
  const { opened_on: from, closed_on: to } = account;
  const { commodities } = changed;
  const excluded = own.some(
    ({ date, commodity }) =>
      date < (changed.opened_on ?? date) ||
      date > (changed.closed_on ?? date) ||
      commodities?.includes(commodity) === false,
  );
  if (excluded) return refused(409, "ACCOUNT_HAS_LINES");
  if (from !== null && to !== null && from > to) return refused(422, "ACCOUNT_DATES_INVALID");
  if (account.code !== null && others(book, account.id).some(({ code }) => code === account.code)) {
    return refused(409, "ACCOUNT_CODE_TAKEN");
  }
  const unknown = (commodities ?? []).flatMap((code, at) => (code in places ? [] : [`/commodities/${at}`]));
  return unknown.length > 0 ? refused(422, ...unknown.map((pointer) => `COMMODITY_UNKNOWN ${pointer}`)) : null;
}

export function createAccount(json: New): Write {
  return {
    method: "POST",
    path: "/accounts",
    json,
    apply(book, answered) {
      if (others(book, "").some(({ path }) => path === json.path)) return refused(409, "ACCOUNT_PATH_TAKEN");
      const none = {
        code: null,
        commodities: null,
        description: null,
        cash_flow: null,
        opened_on: null,
        closed_on: null,
      };
      const account = { ...none, ...json, id: answered.id, active: true, created_at: book.now, updated_at: book.now };
      const conflict = conflictsOf(book, account, json);
      if (conflict !== null) return conflict;
      book.accounts.set(account.id, account);
      return { status: 201, body: account, tagged: account };
    },
  };
}

function accountOf(book: Book, aim: Aim, answered: Answered): Account | Outcome {
  const account = book.accounts.get(aim.id);
  if (account === undefined) return refused(404, "NOT_FOUND");
  return preconditionOf(book, { ...aim, answered }, account) ?? account;
}

function change(aim: Aim, patch: Patch): Write {
  return {
    method: "PATCH",
    path: `/accounts/${aim.id}`,
    json: patch,
    ifMatch: aim.ifMatch,
    apply(book, answered) {
      const account = accountOf(book, aim, answered);
      if (!("path" in account)) return account;
      const changed = { ...account, ...patch };
      if (JSON.stringify(changed) === JSON.stringify(account)) return { status: 200, body: account, tagged: account };
      const moved = [...book.accounts.values()].map((other) => {
        if (patch.path === undefined || !isWithin(other.path, account.path)) return other;
        return { ...other, path: patch.path + other.path.slice(account.path.length), updated_at: book.now };
      });
      if (new Set(moved.map(({ path }) => path)).size < moved.length) return refused(409, "ACCOUNT_PATH_TAKEN");
      const conflict = conflictsOf(book, changed, patch);
      if (conflict !== null) return conflict;
      for (const other of moved) book.accounts.set(other.id, other);
      const after = { ...changed, updated_at: book.now };
      book.accounts.set(account.id, after);
      return { status: 200, body: after, tagged: after };
    },
  };
}

function close(aim: Aim, closed_on: string): Write {
  return {
    method: "POST",
    path: `/accounts/${aim.id}/close`,
    json: { closed_on },
    ifMatch: aim.ifMatch,
    apply(book, answered) {
      const account = accountOf(book, aim, answered);
      if (!("path" in account)) return account;
      if (account.closed_on !== null) return refused(409, "ACCOUNT_CLOSED");
      const after = { ...account, closed_on, updated_at: book.now };
      const conflict = conflictsOf(book, after, { closed_on });
      if (conflict !== null) return conflict;
      book.accounts.set(account.id, after);
      return { status: 200, body: after, tagged: after };
    },
  };
}

function remove(aim: Aim): Write {
  return {
    method: "DELETE",
    path: `/accounts/${aim.id}`,
    ifMatch: aim.ifMatch,
    apply(book, answered) {
      const account = accountOf(book, aim, answered);
      if (!("path" in account)) return account;
      const hasLines = [...book.entries.values()].some(({ lines }) => lines.some((line) => line.account_id === aim.id));
      if (hasLines) return refused(409, "ACCOUNT_HAS_LINES");
      book.accounts.delete(aim.id);
      return { status: 204, body: null };
    },
  };
}

function aimAt(dice: Dice, book: Book, { id }: Account, required: boolean): Aim {
  const tag = someTag(dice, book, id, 40);
  return { id, ifMatch: tag ?? (required && !dice.chance(5) ? "*" : undefined), required };
}

export const accountSteps: Record<string, (dice: Dice, book: Book) => Write> = {
  "create an account": (dice, book) => {
    const fields = dice.of<Partial<Account>>([
      {},
      { code: dice.of(["1", "2"]) },
      { commodities: dice.of([["USD"], ["USD", "SEAT"], ["NONE"]]) },
      { opened_on: dayOf(dice), description: "New" },
      { cash_flow: dice.of(["cash", "operating", "investing", "financing"]) },
    ]);
    const path = dice.chance(15) ? someAccount(dice, book).path : `${dice.of(paths)}:${dice.below(30)}`;
    return createAccount({ path, type: dice.of(["asset", "expense", "income", "liability", "equity"]), ...fields });
  },
  "rename an account": (dice, book) => {
    const account = someAccount(dice, book);
    const below = dice.of([`${account.path}:Below`, account.path.split(":").slice(0, -1).join(":") || "Top"]);
    const path = dice.of([dice.of(paths), `Renamed:${dice.below(20)}`, below, someAccount(dice, book).path]);
    return change(aimAt(dice, book, account, true), { path });
  },
  "change an account": (dice, book) => {
    if (dice.chance(25)) {
      const cash_flow = dice.of(["cash", "cash", "operating", "investing", "financing", null] as const);
      return change(aimAt(dice, book, someAccount(dice, book), true), { cash_flow });
    }
    const spare = spareAccount(dice, book);
    const patch = dice.of<Patch>([
      { active: true },
      { active: false },
      { active: true },
      { description: dice.of([...memos, null]) },
      { code: dice.of(["1", "2", null]) },
      { commodities: dice.of([["USD"], ["USD", "JPY", "SEAT"], ["NONE"], null]) },
      { opened_on: dice.of([dayNear(dice, book), null]) },
    ]);
    return change(aimAt(dice, book, spare, true), patch);
  },
  "close an account": (dice, book) =>
    close(aimAt(dice, book, spareAccount(dice, book), false), dice.chance(50) ? "2026-03-31" : dayNear(dice, book)),
  "delete an account": (dice, book) => remove(aimAt(dice, book, spareAccount(dice, book), true)),
};
