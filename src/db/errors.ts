import { challengeHeaders } from "../challenge.ts";
import { AppError, type ErrorId } from "../errors.ts";
import { createPgErrorMapper, type PgErrorMeaning } from "../foundation/db/index.ts";

const means =
  (id: ErrorId): PgErrorMeaning =>
  (_, cause) =>
    new AppError(id, { cause });

/** What this application's constraints and its own SQLSTATEs mean. */
export const mapPgError = createPgErrorMapper({
  constraints: {
    users_email_key: means("EMAIL_TAKEN"),
    memberships_book_id_user_id_pk: means("MEMBER_EXISTS"),
    accounts_path_key: means("ACCOUNT_PATH_TAKEN"),
    accounts_code_key: means("ACCOUNT_CODE_TAKEN"),
    lines_account_fkey: means("ACCOUNT_HAS_LINES"),
    daily_totals_account_fkey: means("ACCOUNT_HAS_LINES"),
    account_balances_account_fkey: means("ACCOUNT_HAS_LINES"),
    commodities_pkey: means("COMMODITY_EXISTS"),
    journal_entries_balance: means("ENTRY_UNBALANCED"),
  },
  sqlStates: {
    FT401: (_, cause) =>
      new AppError("UNAUTHENTICATED", { cause, headers: challengeHeaders({ error: "invalid_token" }) }),
    FT403: means("FORBIDDEN"),
    FT404: means("NOT_FOUND"),
  },
});
