const KINDS = [
  "commodities",
  "accounts",
  "prices",
  "entries",
  "voids",
  "drafts",
  "closings",
  "deactivations",
  "period closes",
] as const;
export type Kind = (typeof KINDS)[number];
export type Counts = Record<Kind, number>;

/** What the API has confirmed, each thing in one count: true at any moment, also of an import that stops half-way. */
export interface ImportProgress {
  readonly imported: Counts;
  /** Sent before, by this run or an earlier one, and not added again. */
  readonly replayed: Counts;
}

export function noCounts(): Counts {
  return Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Counts;
}

export function formatCounts(counts: Counts): string {
  return KINDS.filter((kind) => counts[kind] > 0)
    .map((kind) => `${counts[kind]} ${kind}`)
    .join(", ");
}
