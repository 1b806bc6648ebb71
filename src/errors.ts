import { defineErrors } from "./foundation/errors/app-error.ts";
import { foundationErrors } from "./foundation/errors/foundation-errors.ts";

/**
 * The error catalogue: every id that this API can answer, its status, and what is to be done about it.
 * `/errors/{id}` serves these texts and `docs/errors.md` lists them.
 */
export const { AppError, catalogue } = defineErrors({
  ...foundationErrors,

  UNAUTHENTICATED: {
    status: 401,
    title: "Authentication is required",
    retryable: false,
    meaning: "The request carries no credential, or one that is malformed, unknown, expired or revoked.",
    remedy: "Send Authorization: Bearer with an access token or an API key. Refresh an expired token.",
  },
  CREDENTIALS_INVALID: {
    status: 401,
    title: "The email address or password is wrong",
    retryable: false,
    meaning: "No account has this email address and password together.",
    remedy: "Check both; they are not told apart on purpose.",
  },
  REFRESH_TOKEN_INVALID: {
    status: 401,
    title: "The refresh token is not valid",
    retryable: false,
    meaning:
      "The token is unknown, expired or revoked, or was used before; a second use revokes every token of its log-in.",
    remedy: "Log in again.",
  },
  PASSWORD_CHECK_BUSY: {
    status: 503,
    title: "Too many passwords are being checked",
    retryable: true,
    meaning:
      "Checking a password takes memory on purpose, so few are checked at once, and too many wait for it already.",
    remedy: "Send the request again after Retry-After.",
  },
  FORBIDDEN: {
    status: 403,
    title: "Your role does not permit this",
    retryable: false,
    meaning: "You are a member of this book with a role that is too small for the request.",
    remedy: "Ask an owner of the book for the role that the detail names.",
  },
  SCOPE_INSUFFICIENT: {
    status: 403,
    title: "The API key does not permit this",
    retryable: false,
    meaning: "The key lacks the scope that this request needs, or the route is not open to API keys.",
    remedy: "Use a key with that scope, or log in.",
  },
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
  EMAIL_TAKEN: {
    status: 409,
    title: "The email address is in use",
    retryable: false,
    meaning: "A user with this email address exists.",
    remedy: "Log in, or register another address.",
  },
  MEMBER_EXISTS: {
    status: 409,
    title: "The user is a member already",
    retryable: false,
    meaning: "The user has a role in this book.",
    remedy: "Change the member's role instead.",
  },
  LAST_OWNER: {
    status: 409,
    title: "A book keeps at least one owner",
    retryable: false,
    meaning: "The change would leave the book without an owner.",
    remedy: "Make another member an owner first.",
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
