import { type Connection, closeConnection } from "./connection.ts";
import { networkMarginMs, remainingMs } from "./deadline.ts";

/** Sees to it that a transaction ends when its caller's time is up, whatever it is waiting for then. */
export interface DeadlineWatch {
  /**
   * Ends the watch: from here on nothing is cancelled.
   * @returns null while the time is not up; otherwise what resolves once PostgreSQL has been told, before which nothing
   *   may be sent that must not be cancelled.
   */
  stop(): Promise<void> | null;
}

const unwatched: DeadlineWatch = { stop: () => null };

/**
 * Has PostgreSQL cancel what the transaction is running at its deadline. A server that is not heard of for a while after that is
 * given up: its statements are refused as lost.
 */
export function watchDeadline(connection: Connection, deadline: number | undefined): DeadlineWatch {
  if (deadline === undefined) return unwatched;
  let cancelling: Promise<void> | null = null;
  let timer = setTimeout(cancel, Math.max(0, remainingMs(deadline)));
  function cancel(): void {
    cancelling = connection.cancelRunning(networkMarginMs);
    timer = setTimeout(() => void closeConnection(connection), networkMarginMs);
  }
  return {
    stop() {
      clearTimeout(timer);
      return cancelling;
    },
  };
}
