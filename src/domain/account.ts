import type { Side } from "./posting.ts";

/** The five types of account. */
export const ACCOUNT_TYPES = ["asset", "liability", "equity", "income", "expense"] as const;
export type AccountType = (typeof ACCOUNT_TYPES)[number];

/** What an account is in a statement of cash flows: cash itself, or why cash came and went. */
export const CASH_FLOW_CLASSES = ["cash", "operating", "investing", "financing"] as const;
export type CashFlowClass = (typeof CASH_FLOW_CLASSES)[number];

/** The side on which an account of the type grows: debit for assets and expenses, credit for the rest. */
export function normalSideOf(type: AccountType): Side {
  return type === "asset" || type === "expense" ? "debit" : "credit";
}

/** Bounds of an account's path, in Unicode characters (code points), as PostgreSQL's `char_length` counts them. */
export const ACCOUNT_PATH_CHARS_MAX = 255;
export const ACCOUNT_PATH_COMPONENTS_MAX = 16;
export const ACCOUNT_NAME_CHARS_MAX = 64;

/** A letter or digit; then letters, marks, digits and the punctuation of names, with single spaces between them. */
const NAME_PATTERN = /^[\p{L}\p{N}](?: ?[\p{L}\p{M}\p{N}\-_.,&'’()/+#%])*$/u;

/** Letters and marks that nobody sees (the Hangul fillers, variation selectors): two paths that look alike must be alike. */
const INVISIBLE_PATTERN = /\p{Default_Ignorable_Code_Point}/u;

/** A canonical decomposition has four code units for each of its composed form at the most. */
const INPUT_LENGTH_MAX = 4 * ACCOUNT_PATH_CHARS_MAX;

/**
 * Reads an account's path, such as `Assets:US:BofA:Checking` or `Expenses:Food & Drink`; null when it is not one.
 *
 * Components are separated by ":", 1 to 16 of them. Each has 1 to 64 characters and starts with a letter or a digit of any
 * script; letters, digits, single spaces and `- _ . , & ' ’ ( ) / + # %` may follow, the last one not a space. The whole has
 * at most 255 characters. Case counts.
 * @returns the path in Unicode normalisation form C, in which equal paths are equal strings
 * @see https://www.unicode.org/reports/tr15/
 */
export function parseAccountPath(text: string): string | null {
  if (text.length > INPUT_LENGTH_MAX) return null;
  const path = text.normalize("NFC");
  const names = path.split(":");
  if (names.length > ACCOUNT_PATH_COMPONENTS_MAX || characterCount(path) > ACCOUNT_PATH_CHARS_MAX) return null;
  return names.every(isAccountName) ? path : null;
}

/** The path of the account above, or null at the top: `Assets:Bank` of `Assets:Bank:Checking`. */
export function parentPathOf(path: string): string | null {
  const end = path.lastIndexOf(":");
  return end === -1 ? null : path.slice(0, end);
}

/** Whether `path` is `ancestor` or lies below it; `Assets:Banking` does not lie within `Assets:Bank`. */
export function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}:`);
}

function isAccountName(name: string): boolean {
  return characterCount(name) <= ACCOUNT_NAME_CHARS_MAX && NAME_PATTERN.test(name) && !INVISIBLE_PATTERN.test(name);
}

function characterCount(text: string): number {
  return [...text].length;
}
