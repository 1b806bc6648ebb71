import type { Attributes, AttributeValue, LogLine } from "../model.ts";
import { formatTime } from "./format.ts";
import { makeSafe } from "./safe-text.ts";
import { type Cell, cell, type Screen, type Style, toLine } from "./screen.ts";
import { type Piece, wordsOf, wrapPieces } from "./wrap.ts";

const indent = "    ";

/** What every line of a service repeats. */
const ofResource = /^(?:service|telemetry|deployment|host|process|os|container|k8s|signoz)\./;

const stack = /(?:^|[._])stack(?:trace)?$/;

/** Texts of many lines, which stand below a log line. */
const isBlock = (name: string, value: AttributeValue): value is string =>
  typeof value === "string" && (stack.test(name) || value.includes("\n"));

/**
 * A log line to read: `2026-11-25 07:34:36.123 WARN  message  field=value …` in UTC. What does not fit goes on below, behind a bar,
 * and so do stacks and other texts of many lines, so that nothing within a line can pass for another one.
 */
export function renderLogLine(line: LogLine, screen: Screen): readonly string[] {
  const time = cell(formatTime(Number(line.timeNs / 1_000_000n)), "dim");
  const service = line.serviceName === "" ? [] : [[cell(line.serviceName, "service0")]];
  const ids: Attributes = line.traceId === null ? {} : { trace_id: line.traceId };
  const shown: LogLine = { ...line, attributes: { ...line.attributes, ...ids } };
  const columns = screen.width - indent.length - 2;
  const blocks = Object.entries(line.attributes).filter(([name, value]) => isBlock(name, value));
  const pieces = piecesOf(shown, new Set(blocks.map(([name]) => name)));
  const [first = [], ...more] = wrapPieces([[time], ...service, ...pieces], columns);
  const behindBar = (cells: readonly Cell[]) => [cell(`${indent}│ `, "dim"), ...cells];
  return [first, ...more.map(behindBar), ...blocksOf(line, columns).map(behindBar)].map((cells) =>
    toLine(cells, screen),
  );
}

/** Level, message and fields, without stacks; those that say what went wrong come first. */
export function piecesOf({ level, message, attributes }: LogLine, hidden: ReadonlySet<string> = new Set()): Piece[] {
  const style = levelStyle(level);
  const fields = Object.entries(attributes)
    .filter(([name]) => !ofResource.test(name) && !hidden.has(name) && !stack.test(name))
    .toSorted(([a], [b]) => Number(saysWhy(b)) - Number(saysWhy(a)))
    .map(([name, value]): Piece => [cell(`${name}=`, "key"), cell(quoteValue(value))]);
  return [
    [cell(level.toUpperCase().padEnd(5), style)],
    ...wordsOf(message, style === "dim" ? style : "bold"),
    ...fields,
  ];
}

const saysWhy = (name: string): boolean => /^(?:error|exception)[._]/.test(name) || name === "error";

export function levelStyle(level: string): Style | undefined {
  if (/^(?:error|fatal|critical)/i.test(level)) return "error";
  if (/^warn/i.test(level)) return "warn";
  return /^info/i.test(level) ? "good" : "dim";
}

/** As it is where it is one plain word, quoted otherwise, so that no value can pass for a further field. */
export function quoteValue(value: AttributeValue): string {
  if (typeof value !== "string") return String(value);
  const text = makeSafe(value);
  return /^[^\s"=]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;
}

const blockLinesMax = 60;

function blocksOf({ attributes }: LogLine, columns: number): (readonly Cell[])[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    if (!isBlock(name, value)) return [];
    const lines = value.trimEnd().split("\n");
    const rows = lines.slice(0, blockLinesMax).flatMap((line) => wrapPieces([[cell(line)]], columns));
    const rest = lines.length - blockLinesMax;
    return [[cell(`${name}:`, "key")], ...rows, ...(rest > 0 ? [[cell(`… ${rest} more lines`, "dim")]] : [])];
  });
}
