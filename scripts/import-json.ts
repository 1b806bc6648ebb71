import { parseCommand } from "./json/command-line.ts";
import { runCommand } from "./json/import-command.ts";

process.exitCode = await runCommand(parseCommand(process.argv.slice(2), process.env), {
  out: process.stdout,
  err: process.stderr,
});
