export interface GateOptions {
  /** How many run at once; 1 or more. */
  readonly concurrency: number;
  /** How many may wait; beyond it a caller is refused at once. */
  readonly waitingMax: number;
}

/** Thrown by a gate whose queue is full. */
export class GateFullError extends Error {
  override readonly name = "GateFullError";
}

/** Runs `work` when its turn has come, and hands its outcome on. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Makes a gate that lets a few callers work at once and the others wait in the order of asking. A place is given on
 * whatever the outcome of the work.
 *
 * The returned gate throws {@link GateFullError} when as many as may wait are waiting; `work` has not begun then.
 */
export function createGate({ concurrency, waitingMax }: GateOptions): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function enter(): Promise<void> {
    if (running < concurrency) {
      running += 1;
      return;
    }
    if (waiting.length >= waitingMax) throw new GateFullError(`${waitingMax} callers are waiting`);
    // The place is handed over, never free in between: a newcomer cannot overtake.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
