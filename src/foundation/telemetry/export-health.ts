import type { Signal } from "./signals.ts";

/** Where telemetry says what has become of itself: a log that does not leave over OTLP. */
export interface TelemetryReporter {
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * Keeps the receiver's troubles out of the log: one warning when exporting begins to fail, one line when all of it works again,
 * with what was lost in between. However long it lasts and however many signals it strikes, nothing more is said.
 */
export class ExportHealth {
  readonly #failing = new Set<Signal>();
  readonly #lost: Record<Signal, number> = { traces: 0, logs: 0, metrics: 0 };
  readonly #reporter: TelemetryReporter;

  constructor(reporter: TelemetryReporter) {
    this.#reporter = reporter;
  }

  /** These many spans, log records or metric points will never arrive. */
  lose(signal: Signal, count: number, reason: string): void {
    this.#lost[signal] += count;
    const first = this.#failing.size === 0;
    this.#failing.add(signal);
    if (first)
      this.#reporter.warn("telemetry is being lost: what is exported does not arrive", {
        signal,
        reason,
        ...this.lost(),
      });
  }

  deliver(signal: Signal): void {
    if (!this.#failing.delete(signal) || this.#failing.size > 0) return;
    this.#reporter.info("telemetry arrives again", this.lost());
    for (const each of Object.keys(this.#lost) as Signal[]) this.#lost[each] = 0;
  }

  /** The end: what is lost by now stays so. */
  end(): void {
    if (this.#failing.size > 0) this.#reporter.info("telemetry ends with losses", this.lost());
  }

  /** What was lost since exporting last worked. */
  lost(): { readonly lost_spans: number; readonly lost_log_records: number; readonly lost_metric_points: number } {
    const { traces, logs, metrics } = this.#lost;
    return { lost_spans: traces, lost_log_records: logs, lost_metric_points: metrics };
  }
}
