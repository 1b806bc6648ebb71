export { apiKeyPrefix, revokeApiKeysOfUser } from "./api-key-service.ts";
export { readPage, toBookResponse, toIdPage } from "./responses.ts";
export { createBookRoutes } from "./routes.ts";
export { bookSchema, emailSchema, keyScopeSchema } from "./schemas.ts";
export { type BookRow, createBook, getBook, listBooks } from "./service.ts";
