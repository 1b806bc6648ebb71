import { z } from "zod";
import type { LogFilters, LogLine } from "../model.ts";
import { DebugError } from "../outcome.ts";
import type { SigNozClient } from "./client.ts";
import { readEvents } from "./events.ts";
import { logCondition } from "./filter.ts";
import { parseJson } from "./parse-json.ts";
import { toLogLine } from "./rows.ts";
import { rawRow } from "./schemas.ts";

/**
 * Log lines as they come in, until the connection ends or `signal` ends it. The server sends a batch every few seconds,
 * the newest of each first.
 * @throws RouteMissingError where SigNoz has no live tail; DebugError (serverError) for what it says went wrong
 */
export async function* readLiveTail(
  client: SigNozClient,
  filters: LogFilters,
  { sinceMs, signal }: { readonly sinceMs: number; readonly signal: AbortSignal },
): AsyncGenerator<LogLine> {
  // The server appends an AND to the filter as it stands.
  const query = { start: String(sinceMs), filter: `(${logCondition(filters) || "id EXISTS"})` };
  const stream = client.readStream({ method: "GET", path: "api/v3/logs/livetail", query }, signal);
  for await (const { event, data } of readEvents(stream)) {
    if (event === "error") throw new DebugError("serverError", `the live tail ended: ${data}`);
    if (event === "message") yield toLine(data);
  }
}

function toLine(data: string): LogLine {
  try {
    return toLogLine(rawRow.parse(parseJson(data)));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw new DebugError("serverError", "the live tail sent something that is no log line");
  }
}
