import { existsSync } from "node:fs";
import type { LogLine, Span } from "../model.ts";
import { isRecord } from "./json-values.ts";
import { toLogLine } from "./log-lines.ts";
import { type OtlpSpans, readOtlpSpans } from "./otlp-spans.ts";
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
 * file at a time, and for a file that is not there, such as one of spans before the first were written.
 * @throws DebugError (usage) where a file cannot be read, or none of them is there
 */
export async function scanFiles({ paths, serviceName }: ScanOptions, visitor: Visitor): Promise<readonly string[]> {
  const present = paths.filter((path) => existsSync(path));
  const isSomeThere = present.length > 0;
  const notes = isSomeThere
    ? paths.filter((path) => !present.includes(path)).map((path) => `${path} is not there yet`)
    : [];
  for (const path of isSomeThere ? present : paths) notes.push(...(await scanFile({ path, serviceName }, visitor)));
  return notes;
}

type Fault = "unreadable" | "open" | "tooLong" | "brokenSpan" | "other";
type Content =
  | { readonly kind: "log"; readonly line: LogLine }
  | ({ readonly kind: "spans" } & OtlpSpans)
  | { readonly kind: Fault };

interface File {
  readonly path: string;
  readonly serviceName: string;
}

async function scanFile(file: File, visitor: Visitor): Promise<readonly string[]> {
  const faults: Record<Fault, number> = { unreadable: 0, open: 0, tooLong: 0, brokenSpan: 0, other: 0 };
  scan: for await (const lines of readLines(file.path)) {
    for (const line of lines) {
      if (!mayMatter(line, visitor)) continue;
      const content = readContent(line, file);
      if (content.kind === "log") {
        if (visitor.onLog?.(content.line) === false) break scan;
      } else if (content.kind === "spans") {
        faults.brokenSpan += content.broken;
        if (content.spans.some((span) => visitor.onSpan?.(span) === false)) break scan;
      } else faults[content.kind] += 1;
    }
  }
  return describe(file.path, faults);
}

function mayMatter({ text }: RawLine, { marks }: Visitor): boolean {
  if (text === null) return true;
  const looksWhole = text.startsWith("{") && /\}\r?$/.test(text.slice(-2));
  if (marks && looksWhole) return marks.some((mark) => text.includes(mark));
  return text.trim() !== "";
}

function readContent({ text, number, isOpen }: RawLine, { path, serviceName }: File): Content {
  if (text === null) return { kind: "tooLong" };
  try {
    const record: unknown = JSON.parse(text);
    if (!isRecord(record)) return { kind: "other" };
    if ("resourceSpans" in record) return { kind: "spans", ...readOtlpSpans(record) };
    const line = toLogLine(record, `${path}:${number}`, serviceName);
    return line === null ? { kind: "other" } : { kind: "log", line };
  } catch (error) {
    // The latter where values lie too deep within one another.
    if (error instanceof SyntaxError || error instanceof RangeError) return { kind: isOpen ? "open" : "unreadable" };
    throw error;
  }
}

function describe(path: string, faults: Readonly<Record<Fault, number>>): readonly string[] {
  const texts: Readonly<Record<Fault, string>> = {
    unreadable: "that cannot be read as JSON",
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
