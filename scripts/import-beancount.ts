import { parseCommand } from "./beancount/command-line.ts";
import { runCommand } from "./beancount/import-command.ts";

process.exitCode = await runCommand(parseCommand(process.argv.slice(2), process.env), {
  out: process.stdout,
  err: process.stderr,
});
