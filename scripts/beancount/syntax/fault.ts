/** Where something stands in a book. */
export interface SourcePosition {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Something wrong with the book. Faults are collected, so that one run tells them all. */
export interface Fault extends SourcePosition {
  readonly message: string;
}

/** A directive that has no counterpart in the API: told in the summary, never dropped in silence. */
export interface Unimported extends SourcePosition {
  /** "event", "plugin", "open metadata" … */
  readonly kind: string;
}

/** Ends the reading of one directive or posting; becomes a {@link Fault}. */
export class BookError extends Error {
  override readonly name = "BookError";
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Runs `work`; a {@link BookError} becomes a fault of `file` and null comes back. Anything else is thrown on. */
export function collectFault<T>(faults: Fault[], file: string, work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BookError)) throw error;
    faults.push({ file, line: error.line, message: error.message });
    return null;
  }
}

export function formatFault(fault: Fault): string {
  return `${fault.file}:${fault.line}: ${fault.message}`;
}

/** Order by file, then line. */
export function inBookOrder(left: SourcePosition, right: SourcePosition): number {
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.line - right.line;
}
