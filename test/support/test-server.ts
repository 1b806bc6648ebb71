import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { startEmbedded } from "../../src/foundation/db/embedded/index.ts";
import { atEnd } from "./at-end.ts";
import { openTemporaryDirectory } from "./scratch-directory.ts";

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
  const directory = await mkdtemp(join(openTemporaryDirectory(), "footing-test-"));
  await chmod(directory, 0o755);
  const lines: string[] = [];
  try {
    const server = await startEmbedded({ directory, log: (line) => lines.push(line), settings });
    endWithThisProcess(server.dataDirectory, directory);
    atEnd(async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    });
    return server.superuserUrl;
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** No hook runs after SIGKILL or `--bail`; but the end of a pipe is seen by whoever reads it. */
function endWithThisProcess(dataDirectory: string, directory: string): void {
  const script = 'cat; kill -QUIT "$(head -n 1 "$1/postmaster.pid")" && sleep 1; rm -rf -- "$2"';
  const guard = spawn("/bin/sh", ["-c", script, "sh", dataDirectory, directory], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.on("error", () => undefined);
  guard.unref();
}
