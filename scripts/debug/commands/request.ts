import type { Command } from "commander";
import type { Origin } from "../cli/context.ts";
import { addExamples, addSource } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import { DebugError, type Outcome } from "../outcome.ts";
import type { Output } from "../output.ts";
import { showLines } from "./logs.ts";
import { describeRange, showTrace, type TraceOptions } from "./trace.ts";

export function addRequest(program: Command, act: Act): void {
  const command = program
    .command("request")
    .argument("<id>", "the X-Request-ID of an answer, the request_id of an error")
    .summary("the trace of a request, by its X-Request-ID")
    .description(
      "Finds the trace of a request by its X-Request-ID, and shows it; or its log lines, where it has none.",
    );
  addSource(command, "7d").option("--spans", "a table of the spans instead of the waterfall");
  addExamples(command, [
    "request 019ac5a2-7d31-7c52-a3f8-5b0d0c2f6f10",
    "request 019ac5a2-7d31-7c52-a3f8-5b0d0c2f6f10 --json",
    "request 019ac5a2-7d31-7c52-a3f8-5b0d0c2f6f10 --local api.jsonl spans.jsonl",
  ]);
  command.action((id: string, options: TraceOptions) =>
    act(options, ({ output, openOrigin }) =>
      showRequest({ output, origin: openOrigin(options), requestId: parseRequestId(id), options }),
    ),
  );
}

function parseRequestId(text: string): string {
  const id = text.trim();
  if (id !== "" && id.length <= 256) return id;
  throw new DebugError("usage", "a request id has 1 to 256 characters");
}

export interface RequestQuestion {
  readonly output: Output;
  readonly origin: Origin;
  readonly requestId: string;
  readonly options: TraceOptions;
}

export async function showRequest({ output, origin, requestId, options }: RequestQuestion): Promise<Outcome> {
  const { source, range } = origin;
  const looking = source.findTraceIdOfRequest(requestId, range);
  const traceId = await output.during(`looking for request ${requestId}`, looking);
  if (traceId !== null && (await showTrace({ output, origin, traceId, options })) === "found") return "found";
  const lines = await output.during("looking for its log lines", source.listLogs({ requestId }, range, 1_000));
  showLines(output, lines);
  if (lines.length > 0) return "found";
  output.note(`no request ${requestId} between ${describeRange(origin)}; --since looks further back`);
  return "nothing";
}
