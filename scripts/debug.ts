import { fileURLToPath } from "node:url";
import { run } from "./debug/cli/program.ts";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    interrupted.abort();
    // A command that does not follow anything has nothing to end in order.
    setTimeout(() => process.exit(130), 1_000).unref();
  });
}
// Whoever read the output has had enough, such as head.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  readInput: () => Bun.stdin.text(),
  isInputTyped: process.stdin.isTTY === true,
  start: [process.execPath, fileURLToPath(import.meta.url)],
  interrupted: interrupted.signal,
});
