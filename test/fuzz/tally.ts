import type { Draft } from "./draft.ts";
import type { WireAnswer } from "./wire.ts";

/** What a run has sent and got. */
export class Tally {
  requests = 0;
  readonly #statuses = new Map<string, number>();
  readonly #succeeded = new Set<string>();
  readonly #twists = new Map<string, number>();

  count(draft: Draft, answer: WireAnswer | null): void {
    this.requests += 1;
    const status =
      answer === null
        ? "closed"
        : answer.headers.has("x-request-id")
          ? String(answer.status)
          : `${answer.status} by the server`;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    if (answer !== null && answer.status < 300) this.#succeeded.add(draft.operation.id);
    for (const twist of draft.twists) this.#twists.set(twist, (this.#twists.get(twist) ?? 0) + 1);
  }

  /** The ids of operations that have succeeded. */
  get succeeded(): ReadonlySet<string> {
    return this.#succeeded;
  }

  get twists(): ReadonlyMap<string, number> {
    return this.#twists;
  }

  toString(): string {
    const statuses = [...this.#statuses].toSorted(([a], [b]) => a.localeCompare(b));
    return `${this.requests} requests: ${statuses.map(([status, count]) => `${status} ×${count}`).join(", ")}`;
  }
}
