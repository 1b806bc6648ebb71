import { Argument, Command, CommanderError } from "commander";
import { addDoctor } from "../commands/doctor.ts";
import { addErrors } from "../commands/errors.ts";
import { addFields } from "../commands/fields.ts";
import { addLogs } from "../commands/logs.ts";
import { addMetrics } from "../commands/metrics.ts";
import { addRequest } from "../commands/request.ts";
import { addSlow } from "../commands/slow.ts";
import { addTrace } from "../commands/trace.ts";
import { addWhy } from "../commands/why.ts";
import { DebugError, exitStatus, type Outcome } from "../outcome.ts";
import type { Output } from "../output.ts";
import type { SigNozClient } from "../signoz/client.ts";
import { completionScript, shells } from "./completion.ts";
import { connect, type Origin, openOrigin, outputOf, type Surroundings } from "./context.ts";
import { addExamples, type JsonOption, type SourceOptions } from "./options.ts";

/** What a command works with. */
export interface CommandContext {
  readonly surroundings: Surroundings;
  readonly output: Output;
  readonly connect: () => SigNozClient;
  readonly openOrigin: (options: SourceOptions) => Origin;
}

/** Carries a command out; what comes of it is the exit status. */
export type Act = (options: JsonOption, work: (context: CommandContext) => Promise<Outcome>) => Promise<void>;

const about = `What happened to this request? Answers from SigNoz, or from files of the API's own log lines and spans.`;

const notes = `
SIGNOZ_URL and SIGNOZ_API_KEY say where SigNoz is, in the environment or .env; with --local FILE neither is needed.

Data goes to standard output, notes to standard error. Exit status: 0 found; 1 nothing found; 2 wrong usage; 3 not
authorised; 4 unreachable; 5 a fault of the server; 6 the server is too old.`;

/**
 * Runs one command line; gives the exit status.
 * @param args - without the program and the script
 */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let outcome: Outcome = "found";
  const act: Act = async (options, work) => {
    const output = outputOf(surroundings, options);
    let origin: Origin | null = null;
    outcome = await work({
      surroundings,
      output,
      connect: () => connect(surroundings, output),
      openOrigin: (sourceOptions) => {
        origin = openOrigin(surroundings, output, sourceOptions);
        return origin;
      },
    });
    for (const note of notesOf(origin)) output.note(note);
  };
  try {
    await createProgram(act, surroundings).parseAsync([...args], { from: "user" });
    return exitStatus[outcome];
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.found : exitStatus.usage;
    if (!(error instanceof DebugError)) throw error;
    const { note } = outputOf(surroundings, {});
    note(error.message);
    if (error.remedy !== null) note(error.remedy);
    return exitStatus[error.outcome];
  }
}

const notesOf = (origin: Origin | null): readonly string[] => origin?.notes() ?? [];

function createProgram(act: Act, surroundings: Surroundings): Command {
  const program = new Command("bun run scripts/debug.ts");
  const write = (text: string): void => void surroundings.out.write(text);
  program
    .usage("<command> [options]")
    .description(about)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: (text) => void surroundings.err.write(text) })
    .helpCommand(false)
    .addHelpText("after", notes);
  for (const add of [addTrace, addRequest, addWhy, addLogs, addErrors, addSlow, addMetrics, addFields, addDoctor]) {
    add(program, act);
  }
  const completion = program
    .command("completion")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .summary("what a shell sources to complete this tool's command lines")
    .description("Writes what a shell sources to have the command footing-debug, completed.")
    .action((shell: string) => write(completionScript(program, shell, surroundings.start)));
  addExamples(completion, ["completion bash > ~/.local/share/bash-completion/completions/footing-debug"]);
  addExamples(program, ["trace 0af7651916cd43dd8448eb211c80319c", "logs -f --level error", "why < problem.json"]);
  return program;
}
