import { type Command, Option } from "commander";
import { rangeOf } from "../cli/context.ts";
import { addExamples, addRange, type RangeOptions } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import type { Output } from "../output.ts";
import { renderChart } from "../render/chart.ts";
import { makeSafe } from "../render/safe-text.ts";
import { type Aggregation, aggregationNames, type MetricAnswer, readMetric } from "../signoz/metrics.ts";

interface MetricsOptions extends RangeOptions {
  readonly groupBy?: readonly string[];
  readonly where?: string;
  readonly agg?: Aggregation;
}

export function addMetrics(program: Command, act: Act): void {
  const command = program
    .command("metrics")
    .argument("<name>", "the metric's name")
    .summary("a chart of a metric")
    .description(
      "Draws a metric over time: a counter as its rate per second, a histogram as its 95th percentile, anything else as its average.",
    )
    .option("--group-by <field...>", "a line for each value of these fields")
    .option("--where <condition>", "of what meets this condition in SigNoz's filter language")
    .addOption(new Option("--agg <name>", "how values are put together").choices(aggregationNames));
  addRange(command, "1h");
  addExamples(command, [
    "metrics http.server.request.duration",
    "metrics http.server.request.duration --agg p99 --group-by http.route --since 6h",
    "metrics db.client.connection.count --where \"service.name = 'footing'\" --json",
  ]);
  command.action((name: string, options: MetricsOptions) =>
    act(options, async ({ output, connect }) => {
      const question = {
        range: rangeOf(options),
        groupBy: options.groupBy ?? [],
        where: options.where,
        aggregation: options.agg,
        steps: Math.min(output.width, 120),
      };
      const answer = await output.during(`reading ${name}`, readMetric(connect(), name, question));
      const found = answer.series.filter(({ points }) => points.length > 0);
      show(output, { ...answer, series: found });
      if (found.length > 0) return "found";
      output.note(`${answer.metric} has no data in this time`);
      return "nothing";
    }),
  );
}

function show(output: Output, { metric, aggregation, unit, series }: MetricAnswer): void {
  if (output.isJson) {
    for (const { labels, points } of series) {
      output.record({
        type: "series",
        metric,
        aggregation,
        unit,
        labels,
        points: points.map(({ timeMs, value }) => ({ time: new Date(timeMs).toISOString(), value })),
      });
    }
    return;
  }
  if (series.length === 0) return;
  output.lines([makeSafe(`${metric} ${aggregation}`), ...renderChart(series, { ...output, unit })]);
}
