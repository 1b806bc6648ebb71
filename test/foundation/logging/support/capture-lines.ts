import {
  createLineSink,
  createLogger,
  createPeopleRenderer,
  type Logger,
  type LoggerOptions,
  renderJson,
} from "../../../../src/foundation/logging/index.ts";

export const timeMs = Date.parse("2026-02-03T04:05:06.789Z");

/** A logger of JSON lines at all levels, with what it wrote. */
export function captureLines(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const sink = createLineSink({ render: renderJson, write: (line) => lines.push(line) });
  const logger = createLogger({ level: "trace", sinks: [sink], nowMs: () => timeMs, ...options });
  return { lines, logger, last: () => JSON.parse(lines.at(-1) ?? "null") as Record<string, unknown> };
}

/** Writes one record in both renderers. */
export function renderBoth(write: (logger: Logger) => void) {
  const json: string[] = [];
  const people: string[] = [];
  const sinks = [
    createLineSink({ render: renderJson, write: (line) => json.push(line) }),
    createLineSink({ render: createPeopleRenderer({ colour: false }), write: (line) => people.push(line) }),
  ];
  write(createLogger({ level: "trace", sinks, nowMs: () => timeMs }));
  return { json: json[0] ?? "", people: people[0] ?? "" };
}
