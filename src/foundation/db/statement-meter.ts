import { countInRequestLine } from "../logging/log-context.ts";
import type { DbObserver } from "./observer.ts";

/**
 * Counts a request's statements and the time it had any under way into its line: `db.query.count`, `db.duration_ms`.
 * Statements of one flight overlap, so their time counts once. What ends behind the answer is counted, not timed. Statements
 * of a transaction that several requests share are no request's own: of those the line has the time until its end alone.
 */
export function createStatementMeter(now: () => number = () => performance.now()): DbObserver {
  return {
    onTransaction() {
      let underWay = 0;
      let since = 0;
      return {
        run: (fn) => fn(),
        onAcquire: () => ignore,
        onStatement() {
          countInRequestLine("db.query.count", 1);
          if (underWay === 0) since = now();
          underWay += 1;
          return () => {
            underWay -= 1;
            if (underWay === 0) countInRequestLine("db.duration_ms", now() - since);
          };
        },
        onRetry: ignore,
        onEnd: ignore,
      };
    },
    onJoin() {
      const since = now();
      return { onEnd: () => countInRequestLine("db.duration_ms", now() - since) };
    },
  };
}

function ignore(): void {}
