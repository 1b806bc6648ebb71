// Stands in for the API in the tests of the embedded database: starts one over the directory that it is given, says so
// in a line of JSON, and keeps it until it is told to stop.
import { EmbeddedDatabaseError, startEmbedded } from "../../src/foundation/db/embedded/index.ts";

const [directory = "", sharedDirectory] = process.argv.slice(2);
const lines: string[] = [];
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

try {
  const database = await startEmbedded({
    directory,
    log: (line) => lines.push(line),
    settings: { fsync: "off" },
    ...(sharedDirectory === undefined ? {} : { sharedDirectory }),
  });
  process.on("SIGTERM", () => void database.stop().then(() => process.exit(0)));
  say({ ...database, lines });
} catch (error) {
  if (!(error instanceof EmbeddedDatabaseError)) throw error;
  say({ refused: error.message });
  process.exitCode = 1;
}
