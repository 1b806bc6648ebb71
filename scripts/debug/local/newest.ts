/** Keeps the newest of any number of things, holding at most twice as many as are kept. */
export function createNewest<T extends { readonly timeNs: bigint }>(limit: number) {
  let kept: T[] = [];
  const trim = (): void => {
    // Stable, so that what came later in a file stays behind what has the same time.
    kept = kept.toSorted((a, b) => Number(a.timeNs > b.timeNs) - Number(a.timeNs < b.timeNs)).slice(-limit);
  };
  return {
    add(item: T): void {
      kept.push(item);
      if (kept.length >= 2 * limit) trim();
    },
    /** The oldest first. */
    list(): readonly T[] {
      if (limit < 1) return [];
      trim();
      return kept;
    },
  };
}
