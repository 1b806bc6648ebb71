export { accounts } from "./accounts.ts";
export { commodities, prices, priceVersions } from "./commodities.ts";
export { idempotencyKeys } from "./idempotency.ts";
export {
  apiKeys,
  books,
  identity,
  invitations,
  knownNetworks,
  memberships,
  refreshTokens,
  sessions,
  users,
} from "./identity.ts";
export { accountBalances, dailyTotals, journalEntries, lines } from "./journal.ts";
export { ledger } from "./ledger.ts";
export { periodCloses } from "./periods.ts";
