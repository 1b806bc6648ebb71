import { type AccountType, type CashFlowClass, isWithin, parseAccountPath } from "../../domain/account.ts";
import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import type { Precondition } from "../book-write/index.ts";
import { assertCommoditiesKnown } from "../commodities/index.ts";
import {
  type AccountChanges,
  type AccountKey,
  type AccountRow,
  deleteAccount,
  findAccount,
  findExcludedLines,
  insertAccount,
  lockAccount,
  lockAccountTree,
  renameAccountTree,
  updateAccount,
} from "./repository.ts";

export { type AccountFilter, type AccountKey, type AccountRow, listAccounts } from "./repository.ts";

/** An account as a caller proposes it. */
export interface NewAccount extends AccountKey {
  /** As `parseAccountPath` reads it. */
  readonly path: string;
  readonly type: AccountType;
  readonly code: string | null;
  /** Null permits any. */
  readonly commodities: string[] | null;
  readonly description: string | null;
  readonly cashFlow: CashFlowClass | null;
  readonly openedOn: string | null;
  readonly now: Date;
}

/**
 * Adds an account, active and not closed. The accounts above it in the path need not exist.
 * @throws COMMODITY_UNKNOWN, ACCOUNT_PATH_TAKEN, ACCOUNT_CODE_TAKEN
 */
export async function createAccount(tx: Tx, { accountId: id, now, ...proposed }: NewAccount): Promise<AccountRow> {
  const account = { ...proposed, id, active: true, closedOn: null, createdAt: now, updatedAt: now };
  await insertAccount(tx, account);
  await assertPermittedKnown(tx, proposed.bookId, proposed.commodities);
  return account;
}

/** @throws NOT_FOUND when the book has no such account. */
export async function getAccount(tx: Tx, key: AccountKey): Promise<AccountRow> {
  return assertFound(await findAccount(tx, key));
}

/** An account, and what is asked of it before anything happens to it. */
export interface GuardedKey extends AccountKey {
  /** Called with the account as it is, once it is locked: what it throws leaves everything as it was. */
  readonly precondition: Precondition<AccountRow>;
}

/** What a caller wants changed; null clears, undefined leaves. */
export interface AccountPatch {
  readonly path?: string | undefined;
  readonly code?: string | null | undefined;
  readonly commodities?: string[] | null | undefined;
  readonly description?: string | null | undefined;
  readonly cashFlow?: CashFlowClass | null | undefined;
  readonly active?: boolean | undefined;
  readonly openedOn?: string | null | undefined;
}

/**
 * Changes an account. A new path takes the accounts below along, `Assets:Bank:Checking` with `Assets:Bank`. Nobody posts
 * to it meanwhile, so that its lines keep fitting it. Where nothing differs nothing is written, `updatedAt` included.
 * @throws NOT_FOUND; what the precondition throws; COMMODITY_UNKNOWN, ACCOUNT_PATH_TAKEN, ACCOUNT_CODE_TAKEN; ACCOUNT_HAS_LINES when lines lie before
 *   `openedOn` or outside `commodities`; ACCOUNT_DATES_INVALID when it would open after it was closed;
 *   VALIDATION_FAILED when an account below would get a path that is none, as too long.
 */
export async function changeAccount(
  tx: Tx,
  input: GuardedKey & { readonly patch: AccountPatch; readonly now: Date },
): Promise<AccountRow> {
  const { path, ...fields } = input.patch;
  const account = assertFound(await (path === undefined ? lockAccount : lockAccountTree)(tx, input));
  await input.precondition(account);
  const changes = changesOf(account, fields);
  const rename = path !== undefined && path !== account.path;
  if (!rename && Object.keys(changes).length === 0) return account;

  // What conflicts is found out before what breaks a rule: 409 goes before 422.
  await assertLinesStayIncluded(tx, input, account, changes);
  if (rename) await renameTree(tx, { bookId: input.bookId, from: account.path, to: path, updatedAt: input.now });
  assertOpensBeforeClosing({ ...account, ...changes });
  await updateAccount(tx, input, { ...changes, updatedAt: input.now });
  await assertPermittedKnown(tx, input.bookId, changes.commodities ?? null);
  return { ...account, ...changes, path: path ?? account.path, updatedAt: input.now };
}

/**
 * Closes an account: lines may be dated on `closedOn` and before, not after. There is no reopening.
 * @throws NOT_FOUND; what the precondition throws; ACCOUNT_CLOSED when it is closed; ACCOUNT_DATES_INVALID when it opens later; ACCOUNT_HAS_LINES when
 *   lines are dated later.
 */
export async function closeAccount(
  tx: Tx,
  input: GuardedKey & { readonly closedOn: string; readonly now: Date },
): Promise<AccountRow> {
  const account = assertFound(await lockAccount(tx, input));
  await input.precondition(account);
  if (account.closedOn !== null) {
    throw new AppError("ACCOUNT_CLOSED", { detail: `${account.path} was closed on ${account.closedOn}.` });
  }
  const later = await findExcludedLines(tx, input, { to: input.closedOn });
  if (later !== null) {
    throw new AppError("ACCOUNT_HAS_LINES", {
      detail: `${account.path} has ${linesText(later.count)} after ${input.closedOn}, the last on ${later.last}.`,
    });
  }
  assertOpensBeforeClosing({ openedOn: account.openedOn, closedOn: input.closedOn });
  const changes = { closedOn: input.closedOn, updatedAt: input.now };
  await updateAccount(tx, input, changes);
  return { ...account, ...changes };
}

/**
 * Deletes an account that has no lines: the foreign keys of its lines and totals decide, whatever is posted meanwhile.
 * The accounts below it stay.
 * @throws NOT_FOUND; what the precondition throws; ACCOUNT_HAS_LINES
 */
export async function removeAccount(tx: Tx, { precondition, ...key }: GuardedKey): Promise<void> {
  await precondition(assertFound(await lockAccount(tx, key)));
  await deleteAccount(tx, key);
}

/** The fields that differ from what is stored. */
function changesOf(account: AccountRow, fields: Omit<AccountPatch, "path">): AccountChanges {
  const changed = Object.entries(fields).filter(
    ([name, value]) =>
      value !== undefined && JSON.stringify(value) !== JSON.stringify(account[name as keyof typeof fields]),
  );
  return Object.fromEntries(changed);
}

async function assertLinesStayIncluded(
  tx: Tx,
  key: AccountKey,
  account: AccountRow,
  changes: AccountChanges,
): Promise<void> {
  if (changes.openedOn) {
    const earlier = await findExcludedLines(tx, key, { from: changes.openedOn });
    if (earlier !== null) {
      throw new AppError("ACCOUNT_HAS_LINES", {
        detail: `${account.path} has ${linesText(earlier.count)} before ${changes.openedOn}, the first on ${earlier.first}.`,
      });
    }
  }
  if (changes.commodities) {
    const others = await findExcludedLines(tx, key, { commodities: changes.commodities });
    if (others !== null) {
      throw new AppError("ACCOUNT_HAS_LINES", {
        detail: `${account.path} has ${linesText(others.count)} in other commodities than these, the last on ${others.last}.`,
      });
    }
  }
}

/** Uniqueness is checked row by row: where the old and the new place overlap, the accounts wait outside the tree. */
async function renameTree(
  tx: Tx,
  move: { readonly bookId: string; readonly from: string; readonly to: string; readonly updatedAt: Date },
): Promise<void> {
  const overlap = isWithin(move.to, move.from) || isWithin(move.from, move.to);
  const outside = `:${move.from}`;
  if (overlap) await renameAccountTree(tx, { ...move, to: outside });
  const paths = await renameAccountTree(tx, overlap ? { ...move, from: outside } : move);
  const misfit = paths.find((path) => parseAccountPath(path) === null);
  if (misfit === undefined) return;
  const detail = `an account below would become ${misfit}, which is no account path`;
  throw new AppError("VALIDATION_FAILED", { detail: `/path: ${detail}`, fields: [{ pointer: "/path", detail }] });
}

function assertPermittedKnown(tx: Tx, bookId: string, codes: readonly string[] | null): Promise<void> {
  return assertCommoditiesKnown(
    tx,
    bookId,
    (codes ?? []).map((code, index) => ({ code, pointer: `/commodities/${index}` })),
  );
}

function assertOpensBeforeClosing(dates: { readonly openedOn: string | null; readonly closedOn: string | null }): void {
  if (dates.openedOn === null || dates.closedOn === null || dates.openedOn <= dates.closedOn) return;
  throw new AppError("ACCOUNT_DATES_INVALID", {
    detail: `The account would open on ${dates.openedOn} and close on ${dates.closedOn}.`,
  });
}

function linesText(count: number): string {
  return count === 1 ? "1 line" : `${count} lines`;
}

function assertFound(account: AccountRow | null): AccountRow {
  if (account === null) throw new AppError("NOT_FOUND", { detail: "There is no such account." });
  return account;
}
