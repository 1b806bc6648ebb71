import { accessErrors } from "./errors/access-errors.ts";
import { defineErrors } from "./foundation/errors/app-error.ts";
import { foundationErrors } from "./foundation/errors/foundation-errors.ts";

/**
 * The error catalogue: every id that this API can answer, its status, and what is to be done about it.
 * `/errors/{id}` serves these texts and `docs/errors.md` lists them.
 */
export const { AppError, catalogue } = defineErrors({
  ...foundationErrors,
  ...accessErrors,

  NOT_FOUND: {
    status: 404,
    title: "There is no such object",
    retryable: false,
    meaning: "The object does not exist in a book that you may see.",
    remedy: "Check the ids in the path.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: "The idempotency key stands for another request",
    retryable: false,
    meaning: "The key was used within the last 30 days for another route or another body.",
    remedy: "Give each write a key of its own, and repeat a write with exactly what it was sent with.",
  },
  ACCOUNT_PATH_TAKEN: {
    status: 409,
    title: "An account with this path exists",
    retryable: false,
    meaning: "Paths are unique within a book.",
    remedy: "Use the existing account, or another path.",
  },
  ACCOUNT_CODE_TAKEN: {
    status: 409,
    title: "An account with this code exists",
    retryable: false,
    meaning: "Codes are unique within a book.",
    remedy: "Use another code.",
  },
  ACCOUNT_HAS_LINES: {
    status: 409,
    title: "The account has lines",
    retryable: false,
    meaning: "Entries refer to the account, so it cannot be deleted, nor its dates or commodities narrowed past them.",
    remedy: "Close the account, or make it inactive.",
  },
  ACCOUNT_CLOSED: {
    status: 409,
    title: "The account is closed",
    retryable: false,
    meaning: "The account was closed before.",
    remedy: "Read the account: closed_on has the date.",
  },
  COMMODITY_EXISTS: {
    status: 409,
    title: "The commodity exists",
    retryable: false,
    meaning: "The book has a commodity with this code, or ISO 4217 has a currency with it.",
    remedy: "Use it as it is, or choose another code.",
  },
  COMMODITY_IN_USE: {
    status: 409,
    title: "The commodity is in use",
    retryable: false,
    meaning: "Lines, prices or an account's list of commodities refer to the commodity.",
    remedy: "Keep it; only unused commodities can be deleted.",
  },
  ENTRY_NOT_DRAFT: {
    status: 409,
    title: "The entry is posted",
    retryable: false,
    meaning: "Only drafts can be changed, deleted and posted. What is posted never changes.",
    remedy: "Void the entry and post another one.",
  },
  ENTRY_NOT_POSTED: {
    status: 409,
    title: "The entry is a draft",
    retryable: false,
    meaning: "Only posted entries can be voided.",
    remedy: "Delete the draft.",
  },
  ENTRY_VOIDED: {
    status: 409,
    title: "The entry is voided",
    retryable: false,
    meaning: "The entry was voided before.",
    remedy: "Read the entry: voided_by names the one that reverses it.",
  },
  ENTRY_IS_REVERSAL: {
    status: 409,
    title: "The entry reverses another one",
    retryable: false,
    meaning: "Voiding what voids would leave the first entry voided and in force at once.",
    remedy: "Post the first entry anew.",
  },
  PERIOD_CLOSED: {
    status: 409,
    title: "The period is closed already",
    retryable: false,
    meaning: "The book is closed through this day or a later one.",
    remedy: "Close through a later day, or have an owner of the book reopen the latest close first.",
  },
  PERIOD_NOT_LATEST: {
    status: 409,
    title: "A later close stands",
    retryable: false,
    meaning: "Closes are reopened from the latest backwards, so that what is locked never has a gap.",
    remedy: "Reopen the later closes first.",
  },
  PERIOD_REOPENED: {
    status: 409,
    title: "The period is reopened already",
    retryable: false,
    meaning: "The close was reopened before, and locks nothing any more.",
    remedy: "Close the period anew if it should be locked.",
  },
  RETAINED_EARNINGS_INVALID: {
    status: 422,
    title: "Retained earnings must be an equity account",
    retryable: false,
    meaning: "Closing entries move income and expenses to equity, and the account that was named is of another type.",
    remedy: "Name an account of the type equity.",
  },
  VOID_BEFORE_ENTRY: {
    status: 422,
    title: "An entry cannot be reversed before its own date",
    retryable: false,
    meaning: "The date of the reversing entry is before that of the entry which it voids.",
    remedy: "Use the entry's date or a later one.",
  },
  PERIOD_LOCKED: {
    status: 422,
    title: "The date lies in a closed period",
    retryable: false,
    meaning: "The book is closed through a later day than the entry's, so nothing more is posted there.",
    remedy: "Use a date after the closed period, or have an owner of the book reopen it.",
  },
  KNOWLEDGE_LOST: {
    status: 422,
    title: "The knowledge token is of another history of the database",
    retryable: false,
    meaning:
      "The database was restored or taken over since the token was made, and what it stood for cannot be told any more.",
    remedy: "Ask with a time instead, and go on from the token of that answer.",
  },
  ENTRY_UNBALANCED: {
    status: 422,
    title: "Debits and credits differ",
    retryable: false,
    meaning: "For at least one commodity the weights of the debit lines and of the credit lines are not equal.",
    remedy: "errors[] names each commodity and the difference. An inexact product needs an explicit rounding line.",
  },
  ACCOUNT_UNKNOWN: {
    status: 422,
    title: "A line names an account that the book does not have",
    retryable: false,
    meaning: "No account of this book has that id or path.",
    remedy: "Create the account first, or correct the line.",
  },
  ACCOUNT_INACTIVE: {
    status: 422,
    title: "A line names an inactive account",
    retryable: false,
    meaning: "The account takes no entries while it is inactive.",
    remedy: "Activate the account, or use another one.",
  },
  ACCOUNT_NOT_OPEN: {
    status: 422,
    title: "The account is not open on that date",
    retryable: false,
    meaning: "The entry's date is before the account's opened_on or after its closed_on.",
    remedy: "Correct the date, or use another account.",
  },
  ACCOUNT_DATES_INVALID: {
    status: 422,
    title: "The account would close before it opens",
    retryable: false,
    meaning: "With this change the account's closed_on would be before its opened_on.",
    remedy: "Correct the date, or change opened_on first.",
  },
  COMMODITY_UNKNOWN: {
    status: 422,
    title: "A commodity is not known to the book",
    retryable: false,
    meaning: "The code is neither a current ISO 4217 currency nor a commodity of this book.",
    remedy: "Create the commodity first, or correct the code.",
  },
  COMMODITY_NOT_PERMITTED: {
    status: 422,
    title: "The account does not take that commodity",
    retryable: false,
    meaning: "The account lists the commodities that it takes and this one is not among them.",
    remedy: "Add it to the account's commodities, or use another account.",
  },
  AMOUNT_TOO_PRECISE: {
    status: 422,
    title: "An amount has more decimal places than its commodity",
    retryable: false,
    meaning: "ISO 4217 or the commodity's definition limits the decimal places of an amount.",
    remedy: "Round the amount and put the remainder on an explicit line with rounding: true.",
  },
  ROUNDING_LINE_INVALID: {
    status: 422,
    title: "A rounding line is not a remainder",
    retryable: false,
    meaning: "A line with rounding: true carries no price and is smaller than one minor unit of its commodity.",
    remedy: "Book larger differences on ordinary lines.",
  },
});

export type ErrorId = keyof typeof catalogue;
