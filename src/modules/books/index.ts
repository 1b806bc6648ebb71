export { apiKeyPrefix } from "./api-key-service.ts";
export { toBookResponse } from "./responses.ts";
export { createBookRoutes } from "./routes.ts";
export { bookSchema, emailSchema, type KeyScope, keyScopeSchema } from "./schemas.ts";
export { authenticationRealm, bookScope, identityScope, ownerScope, personScope } from "./scope.ts";
export { type BookRow, createBook, getBook, listBooks } from "./service.ts";
