import type { Command } from "commander";
import { z } from "zod";
import { catalogue } from "../../../src/errors.ts";
import type { Origin, Surroundings } from "../cli/context.ts";
import { addExamples, addSource } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import { DebugError, type Outcome } from "../outcome.ts";
import type { Output } from "../output.ts";
import { makeSafe } from "../render/safe-text.ts";
import { showRequest } from "./request.ts";
import { showTrace, type TraceOptions } from "./trace.ts";

const problemSchema = z.object({
  status: z.number().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  type: z.string().optional(),
  error_id: z.string(),
  request_id: z.string().optional(),
  trace_id: z.string().optional(),
});
type Problem = z.output<typeof problemSchema>;

export function addWhy(program: Command, act: Act): void {
  const command = program
    .command("why")
    .summary("what an error body on standard input is about")
    .description(
      "Reads an error answer of the API from standard input, and shows what it means, its trace and log lines.",
    );
  addSource(command, "7d").option("--spans", "a table of the spans instead of the waterfall");
  addExamples(command, [
    "why < problem.json",
    "why --json < problem.json",
    "why --local api.jsonl spans.jsonl < problem.json",
  ]);
  command.addHelpText("after", "\n  curl -s http://127.0.0.1:3000/api/v1/books | bun run scripts/debug.ts why");
  command.action((options: TraceOptions) =>
    act(options, async ({ output, surroundings, openOrigin }) => {
      const problem = await readProblem(surroundings);
      showProblem(output, problem);
      return showWhatHappened({ output, origin: openOrigin(options), problem, options });
    }),
  );
}

async function readProblem({ isInputTyped, readInput }: Surroundings): Promise<Problem> {
  if (isInputTyped)
    throw new DebugError("usage", "why reads an error body from standard input", "curl … | debug.ts why");
  return parseProblem(await readInput());
}

/**
 * Reads a problem body, with whatever stands before it: `curl -i` and `-v` write header fields there.
 * @throws DebugError (usage)
 */
export function parseProblem(text: string): Problem {
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at + 1)) {
    const end = text.lastIndexOf("}") + 1;
    try {
      const parsed = problemSchema.safeParse(JSON.parse(text.slice(at, end)));
      if (parsed.success) return parsed.data;
      break;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  throw new DebugError("usage", "standard input has no error body: JSON with an error_id", "pipe the whole answer in");
}

function showProblem(output: Output, problem: Problem): void {
  const known = findDefinition(problem.error_id);
  if (output.isJson) {
    output.record({ type: "problem", ...problem, meaning: known?.meaning ?? null, remedy: known?.remedy ?? null });
    return;
  }
  const head = [problem.status, problem.error_id, problem.title].filter((part) => part !== undefined).join(" ");
  const texts = [head, problem.detail, known?.meaning, known?.remedy].filter((text) => text !== undefined);
  output.lines([...texts.map(makeSafe), ""]);
}

function findDefinition(errorId: string): { readonly meaning: string; readonly remedy: string } | null {
  return Object.hasOwn(catalogue, errorId) ? catalogue[errorId as keyof typeof catalogue] : null;
}

async function showWhatHappened({
  output,
  origin,
  problem,
  options,
}: {
  readonly output: Output;
  readonly origin: Origin;
  readonly problem: Problem;
  readonly options: TraceOptions;
}): Promise<Outcome> {
  const { trace_id: traceId, request_id: requestId } = problem;
  if (traceId !== undefined && /^[0-9a-f]{32}$/.test(traceId)) {
    const outcome = await showTrace({ output, origin, traceId, options });
    if (outcome === "found" || requestId === undefined) return outcome;
  }
  if (requestId !== undefined) return showRequest({ output, origin, requestId, options });
  throw new DebugError("usage", "the error body has neither a trace_id nor a request_id");
}
