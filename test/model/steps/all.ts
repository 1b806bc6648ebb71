import { type Dice, postingKinds } from "../dice.ts";
import type { Book } from "../facts.ts";
import type { Write } from "../performing.ts";
import { accountSteps } from "./accounts.ts";
import { draftSteps } from "./drafts.ts";
import { journalSteps } from "./journal.ts";
import { periodSteps } from "./periods.ts";
import { priceSteps } from "./prices.ts";

const kinds: Record<string, (dice: Dice, book: Book) => Write> = {
  ...journalSteps,
  ...draftSteps,
  ...accountSteps,
  ...priceSteps,
  ...periodSteps,
};

export const writeKinds = Object.keys(kinds);
if (Object.keys(journalSteps).length !== postingKinds) throw new Error(`the posting kinds are not ${postingKinds}`);

export function writeOf(kind: string, dice: Dice, book: Book): Write {
  const make = kinds[kind];
  if (make === undefined) throw new Error(`there is no kind of write ${kind}`);
  return make(dice, book);
}

/** What the writes can be refused with, and what a client is told whose connection to the database is lost. */
export const refusals = [
  "VALIDATION_FAILED",
  "IDEMPOTENCY_KEY_REUSED",
  "NOT_FOUND",
  "PRECONDITION_FAILED",
  "PRECONDITION_REQUIRED",
  "ENTRY_UNBALANCED",
  "AMOUNT_TOO_PRECISE",
  "ROUNDING_LINE_INVALID",
  "ACCOUNT_UNKNOWN",
  "ACCOUNT_INACTIVE",
  "ACCOUNT_NOT_OPEN",
  "COMMODITY_UNKNOWN",
  "COMMODITY_NOT_PERMITTED",
  "ENTRY_NOT_DRAFT",
  "ENTRY_NOT_POSTED",
  "ENTRY_VOIDED",
  "ENTRY_IS_REVERSAL",
  "VOID_BEFORE_ENTRY",
  "ACCOUNT_PATH_TAKEN",
  "ACCOUNT_CODE_TAKEN",
  "ACCOUNT_HAS_LINES",
  "ACCOUNT_DATES_INVALID",
  "ACCOUNT_CLOSED",
  "PERIOD_LOCKED",
  "PERIOD_CLOSED",
  "PERIOD_NOT_LATEST",
  "PERIOD_REOPENED",
  "RETAINED_EARNINGS_INVALID",
  "DATABASE_UNAVAILABLE",
  "COMMIT_OUTCOME_UNKNOWN",
];
