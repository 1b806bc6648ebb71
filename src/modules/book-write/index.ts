export { type Precondition, preconditionOf, requiredPreconditionOf, setEntityTag } from "./entity-tag.ts";
export { createSharedWrites } from "./grouped-writes-service.ts";
export { bookIdOf, type Recording, recordingOf } from "./recording.ts";
export {
  bookActHeadersSchema,
  bookChangeHeadersSchema,
  bookWriteHeadersSchema,
  bookWriteQuerySchema,
  entityTagHeadersSchema,
  noBookSchema,
  noIdempotencyKeySchema,
} from "./schemas.ts";
export { type BookWrite, writeToBook } from "./write-to-book.ts";
