export { bookWriteHeadersSchema, bookWriteQuerySchema, noIdempotencyKeySchema } from "./schemas.ts";
export { type BookWrite, writeToBook } from "./write-to-book.ts";
