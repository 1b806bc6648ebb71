import type { LogFilters, LogLine, Source } from "./model.ts";
import { DebugError } from "./outcome.ts";
import { toMs } from "./time.ts";

/** Opens a stream of lines; throws `DebugError` when it breaks. */
export type Tail = (sinceMs: number, signal: AbortSignal) => AsyncIterable<LogLine>;

export interface FollowOptions {
  readonly source: Source;
  readonly filters: LogFilters;
  /** Lines from before this are of no interest. */
  readonly sinceMs: number;
  /** Null where there is nothing but to ask again and again. */
  readonly tail: Tail | null;
  /** Lines that were shown already. */
  readonly shown: readonly LogLine[];
  /** Whether a fault means that this tail will never work. */
  readonly isWithoutTail: (error: DebugError) => boolean;
  readonly onNote: (text: string) => void;
  readonly signal: AbortSignal;
  readonly timing?: FollowTiming;
}

export interface FollowTiming {
  readonly pollMs: number;
  /** How long one stream is kept; then what it may have left out is asked for. */
  readonly tailMs: number;
  /** The longest wait between attempts to reach a server that is away. */
  readonly backoffMsMax: number;
}

const usualTiming: FollowTiming = { pollMs: 2_000, tailMs: 30_000, backoffMsMax: 10_000 };

/** How late a line may come in after its own time; also how far the clocks may disagree. */
const overlapMs = 60_000;
const linesMax = 100_000;
/** Lines that come closer together than this are one batch, and put into order. */
const [quietMs, batchMs] = [100, 500];

/**
 * Log lines as they come in, each once, a batch at a time in order of time. Between two streams, and where there is
 * none, it asks for everything since the last time it asked and for a while before that, and leaves out what was given
 * already; so neither a lost connection nor a late line leaves a hole. It ends with `signal`.
 * @throws DebugError where the server refuses (usage, unauthorised, tooOld); a server that is away is waited for
 */
export async function* followLogs(options: FollowOptions): AsyncGenerator<readonly LogLine[]> {
  const { signal, onNote, timing = usualTiming } = options;
  const seen = new Map(options.shown.map((line) => [line.id, toMs(line.timeNs)]));
  let [tail, failures, askedMs] = [options.tail, 0, Date.now()];
  while (!signal.aborted) {
    try {
      const nowMs = Date.now();
      const range = { sinceMs: Math.max(askedMs - overlapMs, options.sinceMs), untilMs: nowMs + overlapMs };
      yield* fresh(seen, await options.source.listLogs(options.filters, range, linesMax));
      for (const [id, timeMs] of seen) if (timeMs < range.sinceMs - overlapMs) seen.delete(id);
      if (failures > 0) onNote("connected again");
      [failures, askedMs] = [0, nowMs];
      if (tail === null) await pause(timing.pollMs, signal);
      else {
        const session = AbortSignal.any([signal, AbortSignal.timeout(timing.tailMs)]);
        for await (const batch of readSession(tail(range.sinceMs, session), session)) yield* fresh(seen, batch);
      }
    } catch (error) {
      if (!(error instanceof DebugError)) throw error;
      if (tail !== null && options.isWithoutTail(error)) {
        tail = null;
        onNote(`no live tail (${error.message}): asking every ${timing.pollMs / 1_000} s`);
        continue;
      }
      if (error.outcome !== "unreachable" && error.outcome !== "serverError") throw error;
      failures += 1;
      if (failures === 1) onNote(`${error.message}; trying again`);
      await pause(Math.min(250 * 2 ** failures, timing.backoffMsMax), signal);
    }
  }
}

function* fresh(seen: Map<string, number>, lines: readonly LogLine[]): Generator<readonly LogLine[]> {
  const found = lines.filter(({ id }) => !seen.has(id));
  for (const { id, timeNs } of found) seen.set(id, toMs(timeNs));
  if (found.length > 0) yield found;
}

/** The lines of one stream in batches. When `session` is over the stream is too, and that is no fault. */
async function* readSession(lines: AsyncIterable<LogLine>, session: AbortSignal): AsyncGenerator<readonly LogLine[]> {
  const iterator = lines[Symbol.asyncIterator]();
  const take = async (): Promise<LogLine | null> => {
    try {
      const { done, value } = await iterator.next();
      return done === true ? null : value;
    } catch (error) {
      if (session.aborted) return null;
      throw error;
    }
  };
  for (let next = take(), line = await next; line !== null; line = await next) {
    const batch: LogLine[] = [];
    const startedMs = Date.now();
    for (let each: LogLine | null | "quiet" = line; each !== null && each !== "quiet"; ) {
      batch.push(each);
      next = take();
      // Awaited later, when what came before it was given.
      next.catch(() => undefined);
      each = Date.now() - startedMs > batchMs ? "quiet" : await Promise.race([next, quiet()]);
    }
    yield batch.toSorted((a, b) => Number(a.timeNs - b.timeNs));
  }
}

const quiet = (): Promise<"quiet"> => Bun.sleep(quietMs).then(() => "quiet");

async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const woken = Promise.withResolvers<void>();
  const timer = setTimeout(woken.resolve, waitMs);
  const wake = (): void => woken.resolve();
  signal.addEventListener("abort", wake, { once: true });
  await woken.promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", wake);
}
