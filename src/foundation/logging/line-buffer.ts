export interface LineBufferOptions {
  /** Writes all of some bytes, and resolves when they have been taken. One call at a time. */
  readonly write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  /** What may wait, in bytes: 8 MiB by default. */
  readonly bytesMax?: number;
  /** How long a line may wait for others to be written with: 25 ms by default. */
  readonly delayMs?: number;
  /** Told once when the output takes lines again, with how many were dropped meanwhile: a line of its own is kept. */
  readonly onRecovery?: (droppedLines: number) => void;
  /** Told once, of the first failure of `write`: from then on nothing can be written. */
  readonly onFailure?: (error: unknown) => void;
}

/** Lines on their way out. */
export interface LineBuffer {
  /** Takes a line, without its newline. Never waits; drops the line, and counts it, where there is no room. */
  push(line: string): void;
  /** Resolves when everything pushed before has been written, nothing more can be, or the time is over. */
  flush(timeoutMs: number): Promise<void>;
  /** What waits, taken out, to be written at once as the process ends; nothing while a write is under way. */
  take(): Uint8Array<ArrayBuffer> | null;
  /** Lines dropped since the start. */
  readonly droppedLines: number;
}

/** Text that waits is encoded when it has become this long, so that the bound is one of bytes. */
const chunkLength = 1_048_576;
/** UTF-8 has at most this many bytes for a UTF-16 unit. */
const bytesPerUnitMax = 3;
const newlineBytes = 1;

/**
 * Makes a buffer that writes many lines at once, some milliseconds after the first of them, and never lets who logs
 * wait. At most `bytesMax` wait, of which those that are just being written are a part. A line that finds no room
 * is dropped whole.
 */
export function createLineBuffer(options: LineBufferOptions): LineBuffer {
  const { write, bytesMax = 8 * 1_024 * 1_024, delayMs = 25, onRecovery, onFailure } = options;
  const encoder = new TextEncoder();
  let text = "";
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let chunkBytes = 0;
  let writingBytes = 0;
  /** Lines in `text` and `chunks`. */
  let heldLines = 0;
  let droppedLines = 0;
  let untold = 0;
  let telling = false;
  let failed = false;
  let scheduled = false;
  let drained: PromiseWithResolvers<void> | null = null;

  function push(line: string): void {
    const waiting = writingBytes + chunkBytes + (text.length + line.length + newlineBytes) * bytesPerUnitMax;
    if (failed || (waiting > bytesMax && !telling && !fitsExactly(line))) {
      droppedLines += 1;
      untold += 1;
      return;
    }
    text += `${line}\n`;
    heldLines += 1;
    if (text.length >= chunkLength) encode();
    schedule();
  }

  /** Near the bound, what waits is counted in bytes in place of guessed. */
  function fitsExactly(line: string): boolean {
    encode();
    return writingBytes + chunkBytes + (line.length + newlineBytes) * bytesPerUnitMax <= bytesMax;
  }

  function encode(): void {
    if (text === "") return;
    const chunk = encoder.encode(text);
    chunks.push(chunk);
    chunkBytes += chunk.length;
    text = "";
  }

  function schedule(): void {
    if (scheduled || writingBytes > 0) return;
    scheduled = true;
    setTimeout(() => {
      scheduled = false;
      void writeAll();
    }, delayMs);
  }

  async function writeAll(): Promise<void> {
    if (writingBytes > 0) return;
    for (let bytes = takeAll(); bytes !== null; bytes = takeAll()) {
      writingBytes = bytes.length;
      try {
        await write(bytes);
      } catch (error) {
        fail(error);
      }
      writingBytes = 0;
      tellDropped();
    }
    drained?.resolve();
    drained = null;
  }

  function takeAll(): Uint8Array<ArrayBuffer> | null {
    encode();
    const [first] = chunks;
    if (first === undefined || failed) return null;
    const all = chunks.length === 1 ? first : concat(chunks, chunkBytes);
    chunks = [];
    chunkBytes = 0;
    heldLines = 0;
    return all;
  }

  function tellDropped(): void {
    if (untold === 0 || failed) return;
    const count = untold;
    untold = 0;
    telling = true;
    onRecovery?.(count);
    telling = false;
  }

  function fail(error: unknown): void {
    failed = true;
    droppedLines += heldLines;
    heldLines = 0;
    text = "";
    chunks = [];
    chunkBytes = 0;
    onFailure?.(error);
  }

  async function flush(timeoutMs: number): Promise<void> {
    encode();
    if (failed || (writingBytes === 0 && chunkBytes === 0)) return;
    drained ??= Promise.withResolvers();
    const { promise } = drained;
    void writeAll();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([promise, late]);
    clearTimeout(timer);
  }

  return {
    push,
    flush,
    take: () => (writingBytes > 0 ? null : takeAll()),
    get droppedLines() {
      return droppedLines;
    },
  };
}

function concat(chunks: readonly Uint8Array<ArrayBuffer>[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
