import { write, writeSync } from "node:fs";

const standardOutput = 1;
/** How soon a descriptor that takes nothing at present is tried again, by what the operating system says of it. */
const againMs: Readonly<Record<string, number>> = {
  // A pipe that does not block is full.
  EAGAIN: 10,
  // There is no room on the device, of the quota, or for a file as long: whoever runs the process makes some, or not.
  ENOSPC: 250,
  EDQUOT: 250,
  EFBIG: 250,
};
/** How long a process that is ending waits for a reader that takes nothing. */
const patienceMs = 1_000;

/**
 * The process's standard output, past its stream: a reader that stalls, or a disk that is full, holds up neither the process nor
 * its memory.
 */
export interface DescriptorOutput {
  /**
   * Writes all of it, and resolves then: where there is no room, once there is.
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
        const { written, waitMs } = await writeSome(descriptor, bytes.subarray(at));
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        at += written;
      }
    },
    writeNow(bytes) {
      for (let at = 0, waitedMs = 0; at < bytes.length && waitedMs < patienceMs; ) {
        const { written, waitMs } = writeSomeNow(descriptor, bytes.subarray(at));
        if (waitMs > 0) sleep(waitMs);
        waitedMs = written === 0 ? waitedMs + waitMs : 0;
        at += written;
      }
    },
  };
}

/** How many bytes were taken, and how long to wait before more are offered. */
interface Taken {
  readonly written: number;
  readonly waitMs: number;
}

function writeSome(descriptor: number, bytes: Uint8Array<ArrayBuffer>): Promise<Taken> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, 0, bytes.length, null, (error, written) => {
      if (error === null) return resolve({ written, waitMs: 0 });
      const waitMs = waitAfter(error);
      if (waitMs === null) reject(error);
      else resolve({ written: 0, waitMs });
    });
  });
}

function writeSomeNow(descriptor: number, bytes: Uint8Array<ArrayBuffer>): Taken {
  try {
    return { written: writeSync(descriptor, bytes), waitMs: 0 };
  } catch (error) {
    const waitMs = waitAfter(error);
    if (waitMs === null) throw error;
    return { written: 0, waitMs };
  }
}

/** Null: what failed so will fail again. */
function waitAfter(error: unknown): number | null {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return againMs[code] ?? null;
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
