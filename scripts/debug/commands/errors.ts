import type { Command } from "commander";
import { addExamples, addSource, type SourceOptions } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import { errorRecord } from "../records.ts";
import { renderErrors } from "../render/errors-table.ts";
import { describeRange } from "./trace.ts";

interface ErrorsOptions extends SourceOptions {
  readonly service?: string;
}

export function addErrors(program: Command, act: Act): void {
  const command = program
    .command("errors")
    .summary("errors by id and route: how often, since when, where to look")
    .description("Groups errors by error id and route: how often, first and last seen, a sample trace, and when.")
    .option("--service <name>", "of this service");
  addSource(command, "24h");
  addExamples(command, [
    "errors",
    "errors --since 1h --service footing",
    "errors --since 7d --json | jq -r .sample_trace_id",
    "errors --local api.jsonl",
  ]);
  command.action((options: ErrorsOptions) =>
    act(options, async ({ output, openOrigin }) => {
      const origin = openOrigin(options);
      const groups = await output.during("counting errors", origin.source.listErrors(origin.range, options.service));
      if (output.isJson) for (const group of groups) output.record(errorRecord(group));
      else if (groups.length > 0) output.lines(renderErrors(groups, output));
      if (groups.length > 0) return "found";
      output.note(`no error between ${describeRange(origin)}`);
      return "nothing";
    }),
  );
}
