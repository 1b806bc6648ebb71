import type { TimeSeriesResult } from "./schemas.ts";

type Bucket = NonNullable<TimeSeriesResult["aggregations"]>[number];
export type Series = NonNullable<Bucket["series"]>[number];
export type Point = NonNullable<Series["values"]>[number];

export function listSeries(result: TimeSeriesResult | undefined): readonly Series[] {
  return (result?.aggregations ?? []).flatMap((bucket) => bucket.series ?? []);
}

export function labelsOf(series: Series): ReadonlyMap<string, string> {
  return new Map((series.labels ?? []).map(({ key, value }) => [key?.name ?? "", String(value ?? "")]));
}

/** Null where there is no number: NaN and the infinities are none to draw or add. */
export function numberOf({ value }: Point): number | null {
  const number = typeof value === "string" ? Number(value) : (value ?? Number.NaN);
  return Number.isFinite(number) ? number : null;
}
