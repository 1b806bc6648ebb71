import type { LogLine, Span } from "../model.ts";
import { isRecord } from "./json-values.ts";
import { toLogLine } from "./log-lines.ts";
import { readOtlpSpans } from "./otlp-spans.ts";
import { LINE_BYTES_MAX, type RawLine, readLines } from "./read-lines.ts";

export interface Visitor {
  /** Texts of which a line must have one to matter: others are not read, unless they are visibly broken. */
  readonly marks?: readonly string[] | null;
  /** Ends the reading of this file by giving `false`. */
  readonly onLog?: (line: LogLine) => boolean | undefined;
  readonly onSpan?: (span: Span) => boolean | undefined;
}

export interface ScanOptions {
  readonly paths: readonly string[];
  /** Of log lines that name none. */
  readonly serviceName: string;
}

/**
 * Reads files once, in their order, and shows what is in them. Gives a note for each kind of line that was passed over, a
 * file at a time.
 * @throws DebugError (usage) where a file cannot be read
 */
export async function scanFiles({ paths, serviceName }: ScanOptions, visitor: Visitor): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const path of paths) notes.push(...(await scanFile({ path, serviceName }, visitor)));
  return notes;
}

type Fault = "notJson" | "open" | "tooLong" | "brokenSpan" | "other";

async function scanFile(file: { path: string; serviceName: string }, visitor: Visitor): Promise<readonly string[]> {
  const faults: Record<Fault, number> = { notJson: 0, open: 0, tooLong: 0, brokenSpan: 0, other: 0 };
  scan: for await (const lines of readLines(file.path)) {
    for (const line of lines) if (visitLine(line, file, { visitor, faults }) === false) break scan;
  }
  return describe(file.path, faults);
}

function visitLine(
  { number, text, isOpen }: RawLine,
  { path, serviceName }: { readonly path: string; readonly serviceName: string },
  { visitor, faults }: { readonly visitor: Visitor; readonly faults: Record<Fault, number> },
): boolean | undefined {
  if (text === null) faults.tooLong += 1;
  if (text === null || text.trim() === "") return undefined;
  if (visitor.marks && isWhole(text) && !visitor.marks.some((mark) => text.includes(mark))) return undefined;
  const record = parse(text);
  if (!isRecord(record)) {
    if (record === undefined) faults[isOpen ? "open" : "notJson"] += 1;
    else faults.other += 1;
    return undefined;
  }
  if ("resourceSpans" in record) {
    const { spans, broken } = readOtlpSpans(record);
    faults.brokenSpan += broken;
    return visitor.onSpan === undefined || spans.every((span) => visitor.onSpan?.(span) !== false) ? undefined : false;
  }
  const line = toLogLine(record, `${path}:${number}`, serviceName);
  if (line === null) faults.other += 1;
  return line === null ? undefined : visitor.onLog?.(line);
}

const isWhole = (text: string): boolean => text.startsWith("{") && /\}\r?$/.test(text.slice(-2));

/** Undefined for what is no JSON, too deep a nesting among it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function describe(path: string, faults: Readonly<Record<Fault, number>>): readonly string[] {
  const texts: Readonly<Record<Fault, string>> = {
    notJson: "that are no JSON",
    open: "at the end that are cut off",
    tooLong: `longer than ${LINE_BYTES_MAX / 1024 / 1024} MiB`,
    brokenSpan: "with a span that has no ids or times",
    other: "that are neither a log line nor spans",
  };
  const kinds = Object.entries(texts) as [Fault, string][];
  return kinds
    .filter(([kind]) => faults[kind] > 0)
    .map(([kind, text]) => `${path}: passed over ${faults[kind]} ${text}`);
}
