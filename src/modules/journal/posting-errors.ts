/** What posting may refuse an entry for, whichever route it comes by. */
export const postingErrors = [
  "ENTRY_UNBALANCED",
  "AMOUNT_TOO_PRECISE",
  "ROUNDING_LINE_INVALID",
  "ACCOUNT_UNKNOWN",
  "ACCOUNT_INACTIVE",
  "ACCOUNT_NOT_OPEN",
  "COMMODITY_UNKNOWN",
  "COMMODITY_NOT_PERMITTED",
  "PERIOD_LOCKED",
] as const;
