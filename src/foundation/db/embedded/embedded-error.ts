/** Why the embedded PostgreSQL cannot run here, and what to do about it: for the operator, at start. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = "EmbeddedDatabaseError";
}
