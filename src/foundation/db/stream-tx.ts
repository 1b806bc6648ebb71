import { AsyncLocalStorage } from "node:async_hooks";
import { abandon, finishRead } from "./end-tx.ts";
import { failureOf, type TxEnd } from "./observer.ts";
import { type OpenedTx, openTx, type TxCall } from "./open-tx.ts";
import { type Db, poolOf, type Tx, type TxScope } from "./types.ts";
import { assertOutsideTx, currentTx, retryConflicts } from "./with-tx.ts";

export interface StreamTxOptions {
  /** How long the reader may ask for nothing, in milliseconds; 30 seconds by default. */
  readonly stallTimeoutMs?: number;
  /** How long all of it may take, in milliseconds; ten minutes by default. */
  readonly totalTimeoutMs?: number;
  /** Told why a stream that had begun was cut off. A reader who goes away cuts nothing off. */
  readonly onCutOff?: (error: unknown) => void;
}

/** Texts are gathered to chunks of at least so many characters, so that a line is no packet. */
const chunkCharsMin = 64 * 1024;

/** Begins with its first `next`: an async generator. Its statements are those of the transaction and no others. */
export type ProduceTexts = (tx: Tx) => AsyncIterable<string>;

interface Chunk {
  readonly text: string;
  readonly isLast: boolean;
}

interface Reading {
  readonly opened: OpenedTx;
  readonly first: Chunk;
  readonly read: () => Promise<Chunk>;
  /** Lets the producer clean up; not waited for, as it may be waiting itself. */
  readonly stop: () => void;
}

/**
 * Runs a producer of texts inside one read-only transaction that outlives the caller, and gives what it yields as a
 * stream of UTF-8: for answers too long to be made before they are sent. All of it is of one snapshot.
 *
 * - It resolves once the transaction is open, its guard has passed, and there is a first chunk: what fails until then is
 *   thrown, as by `withTx`. What fails later errors the stream, so that its reader never takes a part for the whole, and
 *   is told to `onCutOff`.
 * - The producer runs only as far as the reader asks for more. A reader who asks for nothing, or takes too long for it
 *   all, is cut off; one who goes away cancels the stream.
 * - The connection is given back in every case: at the end, on failure, when cut off, when cancelled.
 *
 * @throws STREAMS_BUSY where too many are being read; as {@link withTx}; what the producer throws before its first chunk.
 *
 * @example
 * const body = await streamTx(c.var.db, c.var.scope, (tx) => exportBook(tx, { bookId }));
 */
export async function streamTx(
  db: Db,
  scope: TxScope,
  produce: ProduceTexts,
  options: StreamTxOptions = {},
): Promise<ReadableStream<Uint8Array>> {
  assertOutsideTx(db);
  const leave = db[poolOf].enterStream();
  const observer = db.settings.observer?.onTransaction("read");
  const call = { db, scope, options: { readOnly: true }, observer, deadline: undefined };
  const onEnd = (end: TxEnd) => {
    leave();
    observer?.onEnd(end);
  };
  const run = async () => toStream(await retryConflicts(call, () => startReading(call, produce)), onEnd, options);
  try {
    return await (observer === undefined ? run() : observer.run(run));
  } catch (error) {
    onEnd(failureOf(error));
    throw error;
  }
}

async function startReading(call: TxCall, produce: ProduceTexts): Promise<Reading> {
  const { db, scope } = call;
  const opened = await openTx(call);
  const { open } = opened;
  const inside = <T>(fn: () => T): T => currentTx.run({ db, scope, open }, fn);
  let texts: AsyncIterator<string> | null = null;
  const stop = () => void inside(async () => texts?.return?.()).catch(() => undefined);
  try {
    const produced = inside(() => produce(open.tx)[Symbol.asyncIterator]());
    texts = produced;
    const read = () => inside(() => gather(produced, opened));
    const first = await read();
    await opened.opening;
    return { opened, first, read, stop };
  } catch (error) {
    stop();
    throw await abandon(opened, error);
  }
}

async function gather(texts: AsyncIterator<string>, { open }: OpenedTx): Promise<Chunk> {
  let text = "";
  while (text.length < chunkCharsMin) {
    const next = await texts.next();
    if (open.failure !== null) throw open.failure;
    if (next.done === true) return { text, isLast: true };
    text += next.value;
  }
  return { text, isLast: false };
}

function toStream(
  { opened, first, read, stop }: Reading,
  onEnd: (end: TxEnd) => void,
  options: StreamTxOptions,
): ReadableStream<Uint8Array> {
  const { stallTimeoutMs = 30_000, totalTimeoutMs = 600_000, onCutOff } = options;
  const { open, settings } = opened;
  const encoder = new TextEncoder();
  // Who reads or cancels is in a context of its own, and not every runtime calls these in the one they were made in.
  const within = AsyncLocalStorage.snapshot();
  let next: Promise<Chunk> | null = Promise.resolve(first);
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let stall: ReturnType<typeof setTimeout>;
  const waitForReader = () => {
    stall = setTimeout(cutOff, stallTimeoutMs, new Error(`the reader asked for nothing for ${stallTimeoutMs} ms`));
  };
  const total = setTimeout(cutOff, totalTimeoutMs, new Error(`the stream took longer than ${totalTimeoutMs} ms`));

  /** Whether it is this call that ends the transaction. */
  function end(how: TxEnd): boolean {
    clearTimeout(stall);
    clearTimeout(total);
    if (open.state === "ended") return false;
    open.state = "ended";
    onEnd(how);
    return true;
  }

  async function cutOff(error: unknown): Promise<void> {
    if (!end({ outcome: "failed", error })) return;
    stop();
    const cause = await abandon(opened, error);
    const told = settings.mapError(cause) ?? cause;
    controller.error(told);
    onCutOff?.(told);
  }

  async function pull(): Promise<void> {
    clearTimeout(stall);
    try {
      const chunk = await (next ?? read());
      next = null;
      if (open.state === "ended") return;
      if (chunk.text !== "") controller.enqueue(encoder.encode(chunk.text));
      if (!chunk.isLast) return waitForReader();
      end({ outcome: "committed", error: null });
      controller.close();
      void finishRead(opened);
    } catch (error) {
      await cutOff(error);
    }
  }

  async function cancel(): Promise<void> {
    if (!end({ outcome: "rolled_back", error: null })) return;
    stop();
    await abandon(opened, null);
  }

  return new ReadableStream<Uint8Array>(
    {
      start(own) {
        controller = own;
        waitForReader();
      },
      pull: () => within(pull),
      cancel: () => within(cancel),
    },
    // Nothing is made ahead of what the reader asks for.
    { highWaterMark: 0 },
  );
}
