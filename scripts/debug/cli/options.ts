import { type Command, InvalidArgumentError, Option } from "commander";
import { TIME_FORMS } from "../time.ts";

export interface JsonOption {
  readonly json?: true;
}

export interface RangeOptions extends JsonOption {
  readonly since: string;
  readonly until: string;
}

export interface SourceOptions extends RangeOptions {
  readonly local?: readonly string[];
}

export function addJson(command: Command): Command {
  return command.option("--json", "one JSON object a line, for programs");
}

/** @param since - where the range begins by default */
export function addRange(command: Command, since: string): Command {
  return addJson(command)
    .option("--since <time>", "where to begin", since)
    .option("--until <time>", "where to end", "now");
}

export function addSource(command: Command, since: string): Command {
  return addRange(command, since).option(
    "--local <file...>",
    "read these files of the API's log lines and spans instead of SigNoz; give it last",
  );
}

export function addExamples(command: Command, examples: readonly string[]): Command {
  const times = command.options.some(({ long }) => long === "--since") ? `\nTimes: ${TIME_FORMS}\n` : "";
  const lines = examples.map((example) => `  bun run scripts/debug.ts ${example}`).join("\n");
  return command.addHelpText("after", `${times}\nExamples:\n${lines}`);
}

/** An option that takes a whole number within bounds. */
export function countOption(
  flags: string,
  description: string,
  bounds: { by: number; min: number; max: number },
): Option {
  return new Option(flags, description).default(bounds.by).argParser((text) => {
    const count = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (count >= bounds.min && count <= bounds.max) return count;
    throw new InvalidArgumentError(`It is a whole number from ${bounds.min} to ${bounds.max}.`);
  });
}
