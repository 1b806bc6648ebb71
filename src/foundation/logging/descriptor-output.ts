import { write, writeSync } from "node:fs";

const standardOutput = 1;
/** How soon a descriptor that takes nothing at present is tried again. */
const againMs = 10;
/** How long a process that is ending waits for a reader that takes nothing. */
const patienceMs = 1_000;

/** The process's standard output, past its stream: a reader that stalls holds up neither the process nor its memory. */
export interface DescriptorOutput {
  /**
   * Writes all of it, and resolves then.
   * @throws what the operating system says when it takes no more (EPIPE: the reader has gone).
   */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Writes all of it before it returns, or gives up after a second without progress: for a process that is ending. */
  writeNow(bytes: Uint8Array<ArrayBuffer>): void;
}

/** Writes to a file descriptor, standard output by default, on Bun or Node. */
export function createDescriptorOutput(descriptor: number = standardOutput): DescriptorOutput {
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const written = await writeSome(descriptor, bytes.subarray(at));
        if (written === 0) await new Promise((resolve) => setTimeout(resolve, againMs));
        at += written;
      }
    },
    writeNow(bytes) {
      for (let at = 0, waitedMs = 0; at < bytes.length && waitedMs < patienceMs; ) {
        const written = writeSomeNow(descriptor, bytes.subarray(at));
        if (written === 0) sleep(againMs);
        waitedMs = written === 0 ? waitedMs + againMs : 0;
        at += written;
      }
    },
  };
}

/** How many bytes were taken: 0 when a pipe that does not block is full. */
function writeSome(descriptor: number, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, 0, bytes.length, null, (error, written) => {
      if (error === null) resolve(written);
      else if (isFull(error)) resolve(0);
      else reject(error);
    });
  });
}

function writeSomeNow(descriptor: number, bytes: Uint8Array<ArrayBuffer>): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if (isFull(error)) return 0;
    throw error;
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
