// Names each runtime that the tests run on, with its version; ends with 1 where one cannot be started here.
import { testedRuntimes } from "./runtimes.ts";

for (const { name, found } of testedRuntimes) {
  if ("missing" in found) process.exitCode = 1;
  process.stdout.write(`${name}: ${"missing" in found ? found.missing : found.version}\n`);
}
