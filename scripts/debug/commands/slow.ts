import type { Command } from "commander";
import { rangeOf } from "../cli/context.ts";
import { addExamples, addRange, countOption, type RangeOptions } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import { renderColumns } from "../render/columns.ts";
import { listSlow, type SlowRow } from "../signoz/slow.ts";

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
    act(options, async ({ screen, connect }) => {
      const range = rangeOf(options);
      const asked = { range, service: options.service, limit: options.limit };
      const rows = await screen.during("ranking routes and statements", listSlow(connect(), asked));
      if (screen.isJson) for (const row of rows) screen.record(toRecord(row));
      else if (rows.length > 0) screen.line(renderColumns({ head, rows: rows.map(toCells) }, screen));
      if (rows.length > 0) return "found";
      screen.note("no span of a route or statement in this time");
      return "nothing";
    }),
  );
}

const head = ["", "name", "p50 ms", "p95 ms", "p99 ms", "per s", "count", "slowest trace"];

const toCells = (row: SlowRow): readonly string[] => [
  row.kind,
  row.name,
  ...[row.p50Ms, row.p95Ms, row.p99Ms].map((ms) => ms.toFixed(1)),
  row.perSecond.toPrecision(3),
  String(row.count),
  row.sampleTraceId ?? "",
];

const toRecord = (row: SlowRow) => ({
  type: row.kind,
  name: row.name,
  p50_ms: row.p50Ms,
  p95_ms: row.p95Ms,
  p99_ms: row.p99Ms,
  per_second: row.perSecond,
  count: row.count,
  sample_trace_id: row.sampleTraceId,
});
