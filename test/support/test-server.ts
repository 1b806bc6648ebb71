import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startEmbedded } from "../../src/foundation/db/embedded/index.ts";
import { atEnd } from "./at-end.ts";

/** Nothing here outlives the run: speed over durability. Cloning is four times as fast without workers for reading. */
const settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  io_method: "sync",
  max_connections: "200",
};

/**
 * A superuser's URL of the PostgreSQL that the tests run on: `TEST_DATABASE_URL`, or an embedded one in a temporary
 * directory, which ends with the run, however that ends.
 */
export async function startTestServer(): Promise<string> {
  const { TEST_DATABASE_URL } = process.env;
  if (TEST_DATABASE_URL !== undefined && TEST_DATABASE_URL !== "") return TEST_DATABASE_URL;
  const directory = await mkdtemp(join(tmpdir(), "footing-test-"));
  await chmod(directory, 0o755);
  const lines: string[] = [];
  try {
    const server = await startEmbedded({ directory, log: (line) => lines.push(line), settings });
    // Not in `directory` itself where root's temporary directory lets nobody through.
    const places = [directory, dirname(server.dataDirectory)];
    endWithThisProcess(server.dataDirectory, places);
    atEnd(async () => {
      await server.stop();
      await removeAll(places);
    });
    return server.superuserUrl;
  } catch (error) {
    await removeAll([directory]);
    throw error;
  }
}

async function removeAll(places: readonly string[]): Promise<void> {
  for (const place of places) await rm(place, { recursive: true, force: true });
}

/** No hook runs after SIGKILL or `--bail`; but the end of a pipe is seen by whoever reads it. */
function endWithThisProcess(dataDirectory: string, places: readonly string[]): void {
  const script = 'cat; data=$1; shift; kill -QUIT "$(head -n 1 "$data/postmaster.pid")" && sleep 1; rm -rf -- "$@"';
  const guard = spawn("/bin/sh", ["-c", script, "sh", dataDirectory, ...places], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.on("error", () => undefined);
  guard.unref();
}
