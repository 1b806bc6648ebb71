import { startTimer } from "./timer.ts";

/** Resolves with the work or when its time is over, whichever comes first. The work is not stopped. */
export async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = startTimer(over.resolve, timeoutMs);
  await Promise.race([work, over.promise]);
  clearTimeout(timer);
}
