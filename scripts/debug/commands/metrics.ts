import { type Command, Option } from "commander";
import { rangeOf } from "../cli/context.ts";
import { addExamples, addRange, type RangeOptions } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import { renderChart } from "../render/chart.ts";
import { makeSafe } from "../render/safe-text.ts";
import type { Screen } from "../screen.ts";
import {
  type Aggregation,
  aggregationNames,
  type MetricAnswer,
  type MetricSeries,
  readMetric,
} from "../signoz/metrics.ts";

interface MetricsOptions extends RangeOptions {
  readonly groupBy?: readonly string[];
  readonly where?: string;
  readonly agg?: Aggregation;
}

/** As many series are drawn as can be told apart. */
const drawnMax = 8;

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
    act(options, async ({ screen, connect }) => {
      const question = {
        range: rangeOf(options),
        groupBy: options.groupBy ?? [],
        where: options.where,
        aggregation: options.agg,
        steps: Math.min(screen.width, 120),
      };
      const answer = await screen.during(`reading ${name}`, readMetric(connect(), name, question));
      const found = answer.series.filter(({ points }) => points.length > 0);
      show(screen, { ...answer, series: found });
      if (found.length > 0) return "found";
      screen.note(`${answer.metric} has no data in this time`);
      return "nothing";
    }),
  );
}

function show(screen: Screen, { metric, aggregation, unit, series }: MetricAnswer): void {
  if (screen.isJson) {
    for (const { labels, points } of series) {
      screen.record({
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
  screen.line(makeSafe(`${metric} ${aggregation}${unit === "" ? "" : ` (${unit})`}`));
  const drawn = series.toSorted((a, b) => peakOf(b) - peakOf(a)).slice(0, drawnMax);
  screen.line(
    renderChart(
      drawn.map(({ labels, points }) => ({ label: labelOf(labels), points })),
      screen,
    ),
  );
  if (series.length > drawnMax) screen.note(`the ${drawnMax} highest of ${series.length} series; --json has all`);
}

const peakOf = ({ points }: MetricSeries): number =>
  points.reduce((most, { value }) => Math.max(most, value), -Infinity);

const labelOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
