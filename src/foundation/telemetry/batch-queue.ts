import { startTimer } from "./timer.ts";

export interface BatchQueueOptions<T> {
  /** What waits at most; the next item is refused. */
  readonly itemsMax: number;
  /** What is sent at most at once. */
  readonly batchMax: number;
  /** How long an item waits for company at most; null where nothing may run by itself, and `flush` does it all. */
  readonly delayMs: number | null;
  /** Sends one batch, which is its own to keep, and never rejects. One batch is under way at a time, unless `flush` is called several times. */
  readonly send: (items: T[]) => Promise<void>;
  readonly onRefused: (count: number) => void;
}

/** Gathers items and sends them in batches behind the work that made them. Memory is bounded by `itemsMax`. */
export class BatchQueue<T> {
  readonly #options: BatchQueueOptions<T>;
  #items: T[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #sending: Promise<void> | null = null;
  #closed = false;

  constructor(options: BatchQueueOptions<T>) {
    this.#options = options;
  }

  /** Never waits and never throws. */
  push(item: T): void {
    const { itemsMax, batchMax, delayMs } = this.#options;
    if (this.#closed) return;
    if (this.#items.length >= itemsMax) {
      this.#options.onRefused(1);
      return;
    }
    this.#items.push(item);
    if (delayMs === null) return;
    if (this.#items.length >= batchMax) this.#start();
    else this.#timer ??= startTimer(() => this.#start(), delayMs);
  }

  /** Sends what waits now and resolves when it was sent or given up. */
  async flush(): Promise<void> {
    this.#stopTimer();
    if (this.#options.delayMs !== null) await this.#sending;
    while (this.#items.length > 0) await this.#options.send(this.#take());
  }

  /** Takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  #start(): void {
    this.#stopTimer();
    this.#sending ??= this.#sendFull();
  }

  async #sendFull(): Promise<void> {
    const { batchMax, delayMs, send } = this.#options;
    do await send(this.#take());
    while (this.#items.length >= batchMax);
    this.#sending = null;
    if (this.#items.length > 0 && delayMs !== null) this.#timer ??= startTimer(() => this.#start(), delayMs);
  }

  #take(): T[] {
    const { batchMax } = this.#options;
    if (this.#items.length > batchMax) return this.#items.splice(0, batchMax);
    const taken = this.#items;
    this.#items = [];
    return taken;
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
