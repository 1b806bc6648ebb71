/** What happened in a run, to say that everything did. */
export class Tally {
  steps = 0;
  rounds = 0;
  writes = 0;
  queries = 0;
  cuts = 0;
  readonly kinds = new Map<string, number>();
  readonly modes = new Map<string, number>();
  readonly endpoints = new Map<string, number>();
  /** By error id. */
  readonly refusals = new Map<string, number>();

  count(of: "kinds" | "modes" | "endpoints" | "refusals", name: string): void {
    this[of].set(name, (this[of].get(name) ?? 0) + 1);
  }

  /** Those of the names that never came. */
  missing(of: "kinds" | "modes" | "endpoints" | "refusals", names: readonly string[]): string[] {
    return names.filter((name) => !this[of].has(name));
  }

  toString(): string {
    const { steps, rounds, writes, queries, cuts } = this;
    const list = (counts: ReadonlyMap<string, number>) =>
      [...counts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([name, count]) => `${name} ${count}`);
    return [
      `${steps} steps (${rounds} rounds of several clients), ${writes} writes, ${queries} queries, ${cuts} connections cut`,
      `writes: ${list(this.kinds).join(", ")}`,
      `sent as: ${list(this.modes).join(", ")}`,
      `refusals: ${list(this.refusals).join(", ")}`,
      `queries: ${list(this.endpoints).join(", ")}`,
    ].join("\n");
  }
}
