export { toAccountResponse } from "./responses.ts";
export { createAccountRoutes } from "./routes.ts";
export { type AccountResponse, accountResponseSchema } from "./schemas.ts";
export { listAccounts } from "./service.ts";
