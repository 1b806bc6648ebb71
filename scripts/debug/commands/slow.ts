import type { Command } from "commander";
import { rangeOf } from "../cli/context.ts";
import { addExamples, addRange, countOption, type RangeOptions } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import type { SlowEntry } from "../model.ts";
import { renderSlow } from "../render/slow-table.ts";
import { listSlow } from "../signoz/slow.ts";

interface SlowOptions extends RangeOptions {
  readonly service?: string;
  readonly limit: number;
}

export function addSlow(program: Command, act: Act): void {
  const command = program
    .command("slow")
    .summary("the slowest routes and statements")
    .description(
      "Shows the slowest routes and SQL statements: percentiles, rate, and the trace of the slowest of each.",
    )
    .option("--service <name>", "of this service")
    .addOption(countOption("-n, --limit <count>", "so many of each", { by: 10, min: 1, max: 100 }));
  addRange(command, "1h");
  addExamples(command, ["slow", "slow --since 24h --service footing -n 5", "slow --json | jq 'select(.p99_ms > 500)'"]);
  command.action((options: SlowOptions) =>
    act(options, async ({ output, connect }) => {
      const range = rangeOf(options);
      const asked = { range, service: options.service, limit: options.limit };
      const rows = await output.during("ranking routes and statements", listSlow(connect(), asked));
      if (output.isJson) for (const row of rows) output.record(toRecord(row));
      else if (rows.length > 0) output.lines(renderSlow(rows, output));
      if (rows.length > 0) return "found";
      output.note("no span of a route or statement in this time");
      return "nothing";
    }),
  );
}

const toRecord = (row: SlowEntry) => ({
  type: row.kind,
  name: row.name,
  p50_ms: row.p50Ms,
  p95_ms: row.p95Ms,
  p99_ms: row.p99Ms,
  per_second: row.perSecond,
  count: row.count,
  sample_trace_id: row.sampleTraceId,
});
