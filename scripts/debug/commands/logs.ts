import type { Command } from "commander";
import type { Origin } from "../cli/context.ts";
import { addExamples, addSource, countOption, type SourceOptions } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import { followLogs } from "../follow.ts";
import type { LogFilters, LogLine } from "../model.ts";
import { DebugError, type Outcome } from "../outcome.ts";
import type { Output } from "../output.ts";
import { logRecord } from "../records.ts";
import { renderLogLine } from "../render/log-line.ts";
import { RouteMissingError } from "../signoz/faults.ts";
import { readLiveTail } from "../signoz/live-tail.ts";
import { toMs } from "../time.ts";
import { describeRange } from "./trace.ts";

interface LogsOptions extends SourceOptions {
  readonly level?: string;
  readonly service?: string;
  readonly env?: string;
  readonly route?: string;
  readonly user?: string;
  readonly errorId?: string;
  readonly search?: string;
  readonly trace?: string;
  readonly request?: string;
  readonly where?: string;
  readonly limit: number;
  readonly follow?: true;
}

export function addLogs(program: Command, act: Act): void {
  const command = program
    .command("logs")
    .summary("log lines, the newest last; -f follows")
    .description("Shows log lines, the newest last.")
    .option("--level <level>", "this level and graver ones: trace, debug, info, warn, error or fatal")
    .option("--service <name>", "of this service")
    .option("--env <name>", "of this deployment environment")
    .option("--route <pattern>", "of requests to this route, such as /api/v1/books/:book_id")
    .option("--user <id>", "of this user's requests")
    .option("--error-id <id>", "with this error id, such as ENTRY_UNBALANCED")
    .option("--search <text>", "with this text in their message")
    .option("--trace <id>", "of this trace")
    .option("--request <id>", "of this request")
    .option("--where <condition>", "that meet this condition in SigNoz's filter language")
    .option("-f, --follow", "go on with what comes in, until interrupted")
    .addOption(countOption("-n, --limit <count>", "at most so many, the newest", { by: 200, min: 1, max: 1_000_000 }));
  addSource(command, "1h");
  addExamples(command, [
    "logs --level error --since 15m",
    "logs -f --service footing --route /api/v1/books/:book_id/journal-entries",
    "logs --search 'could not connect' --env production --since 2026-11-25T07:00+01:00 --until 1h",
    'logs --where "http.response.status_code >= 500 AND duration_ms > 250" --json',
    "logs --error-id POOL_TIMEOUT --local api.jsonl",
  ]);
  command.action((options: LogsOptions) =>
    act(options, async ({ output, openOrigin, surroundings }) => {
      const origin = openOrigin(options);
      return showLogs({ output, origin, options, interrupted: surroundings.interrupted });
    }),
  );
}

const filtersOf = (options: LogsOptions): LogFilters => {
  const { level, service, env, route, user, errorId, search, trace, request, where } = options;
  const named = { level, service, environment: env, route, user, errorId, search, traceId: trace, requestId: request };
  return Object.fromEntries(Object.entries({ ...named, where }).filter(([, value]) => value !== undefined));
};

interface LogsQuestion {
  readonly output: Output;
  readonly origin: Origin;
  readonly options: LogsOptions;
  readonly interrupted: AbortSignal;
}

async function showLogs({ output, origin, options, interrupted }: LogsQuestion): Promise<Outcome> {
  const { source, range } = origin;
  const filters = filtersOf(options);
  const lines = await output.during("reading log lines", source.listLogs(filters, range, options.limit));
  showLines(output, lines);
  if (options.follow) {
    await follow({ output, origin, options, interrupted }, filters, lines);
    return "found";
  }
  if (lines.length === options.limit) output.note(`the newest ${options.limit}; --limit shows more`);
  if (lines.length > 0) return "found";
  output.note(`no such log line between ${describeRange(origin)}`);
  return "nothing";
}

async function follow(
  { output, origin, options, interrupted }: LogsQuestion,
  filters: LogFilters,
  shown: readonly LogLine[],
): Promise<void> {
  if (options.until !== "now") throw new DebugError("usage", "--follow has no end: leave --until out");
  const { source, client, range } = origin;
  const [first] = shown;
  // Where the limit cut lines off, those before it are not to come in by the back door.
  const sinceMs = first !== undefined && shown.length === options.limit ? toMs(first.timeNs) : range.sinceMs;
  const batches = followLogs({
    source,
    filters,
    sinceMs,
    shown,
    tail:
      client === null ? null : (tailSinceMs, signal) => readLiveTail(client, filters, { sinceMs: tailSinceMs, signal }),
    isWithoutTail: (error) => error instanceof RouteMissingError,
    onNote: output.note,
    signal: interrupted,
  });
  for await (const batch of batches) showLines(output, batch);
}

export function showLines(output: Output, lines: readonly LogLine[]): void {
  for (const line of lines) {
    if (output.isJson) output.record(logRecord(line));
    else output.lines(renderLogLine(line, output));
  }
}
