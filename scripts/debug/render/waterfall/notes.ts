import type { LogLine } from "../../model.ts";
import { formatDuration } from "../format.ts";
import { piecesOf } from "../log-line.ts";
import { cell } from "../screen.ts";
import { type Piece, wordsOf } from "../wrap.ts";
import { hasFailed } from "./span-facts.ts";
import type { SpanNode } from "./tree.ts";

/** What is told below a span: its log lines, events and links. */
export interface Note {
  /** Null where it has no time of its own: it stands first. */
  readonly timeNs: bigint | null;
  /** The greater is kept where not all can be shown. */
  readonly weight: number;
  readonly pieces: readonly Piece[];
}

/** What the request line and the spans above it say already. */
const hidden = new Set(["request_id", "trace_id", "span_id", "trace_flags", "http.request.method", "http.route"]);

export function notesOf({ span, logs, skewNs, inCircle }: SpanNode): readonly Note[] {
  const notes: Note[] = [];
  const remark = (text: string, weight = 3) => notes.push({ timeNs: null, weight, pieces: wordsOf(text, "warn") });
  if (inCircle) remark(`! its parent ${span.parentSpanId ?? ""} stands below it: shown as a root`);
  if (skewNs !== 0n) remark(`! clock skew: moved by ${formatDuration(skewNs)}`);
  const told = span.events.some(({ name }) => name === "exception");
  if (hasFailed(span) && span.statusMessage !== "" && !told) {
    notes.push({ timeNs: null, weight: 4, pieces: wordsOf(span.statusMessage, "error") });
  }
  for (const { traceId, spanId } of span.links) {
    notes.push({
      timeNs: null,
      weight: 2,
      pieces: [[cell("↪ link to")], [cell(traceId, "key")], [cell(`span ${spanId}`)]],
    });
  }
  for (const { name, timeNs, attributes } of span.events) {
    const failure = name === "exception";
    const level = failure ? "error" : "event";
    const line = { id: "", timeNs, level, message: name, traceId: null, spanId: null, serviceName: "", attributes };
    notes.push(toNote(line, { skewNs, weight: failure ? 4 : 1 }));
  }
  return [...notes, ...logs.map((log) => toNote(log, { skewNs }))];
}

/** A line as a note, at its time by a clock that was put forward by `skewNs`. */
export function toNote(log: LogLine, { skewNs = 0n, weight = weightOf(log.level) } = {}): Note {
  return { timeNs: log.timeNs + skewNs, weight, pieces: piecesOf(log, hidden) };
}

function weightOf(level: string): number {
  if (/^(?:error|fatal|critical)/i.test(level)) return 4;
  return /^warn/i.test(level) ? 3 : /^info/i.test(level) ? 2 : 0;
}

/** At most so many of all notes: the weightiest, and of those the first. */
export function keepNotes(notes: readonly Note[], notesMax: number): ReadonlySet<Note> {
  if (notes.length <= notesMax) return new Set(notes);
  return new Set(notes.toSorted((a, b) => b.weight - a.weight).slice(0, notesMax));
}
