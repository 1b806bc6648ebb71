/**
 * Verifies every book of the configured database: `bun run verify`. One line a book on standard output.
 *
 * Ends with 0 when every invariant of every book holds, 1 when one is broken, 2 when not every book could be read. It
 * changes nothing, and needs no more than the API's own role.
 */
import { type Config, ConfigError, parseConfig } from "../src/config.ts";
import { mapPgError } from "../src/db/errors.ts";
import { createDb, type Db, withTx } from "../src/foundation/db/index.ts";
import { type Verification, verifyBook } from "../src/modules/verify/index.ts";

/** Nobody waits for an answer here, and a book may be large. */
const statementTimeoutMs = 3_600_000;

function readDatabase(): Config["database"] {
  try {
    return parseConfig(process.env).database;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return process.exit(2);
  }
}

async function verifyAll(db: Db): Promise<boolean> {
  const books = await withTx(
    db,
    { settings: {} },
    (tx) => tx.sql<{ id: string }>`select id from identity.books order by id`,
    { readOnly: true },
  );
  let sound = true;
  for (const { id: bookId } of books) {
    const scope = { settings: { "footing.book_id": bookId } };
    const verification = await withTx(db, scope, (tx) => verifyBook(tx, { bookId }), { readOnly: true });
    console.log(`${bookId} ${describe(verification)}`);
    sound &&= verification.status === "ok";
  }
  return sound;
}

function describe({ status, checked, invariants }: Verification): string {
  if (status === "ok") return `ok: ${checked.entries} entries, ${checked.lines} lines, ${checked.accounts} accounts`;
  const broken = invariants.filter((invariant) => invariant.status === "failed");
  return `failed: ${broken.map(({ name, violations }) => `${name} ${violations}`).join(", ")}`;
}

const { url, pool } = readDatabase();
if (url === undefined) {
  console.error(
    "DATABASE_URL is not set. The embedded database belongs to the API that runs over it: " +
      "ask that for GET /api/v1/books/{book_id}/verify",
  );
  process.exit(2);
}
const db = createDb({
  ...pool,
  statementTimeoutMs,
  url,
  applicationName: "footing-verify",
  mapError: mapPgError,
  onBackgroundError: (error, during) => console.error(`a fault in ${during}:`, error),
});
try {
  process.exitCode = (await verifyAll(db)) ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 2;
} finally {
  await db.close(5000);
}
