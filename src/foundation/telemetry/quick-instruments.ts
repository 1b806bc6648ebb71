import { type Attributes, type HrTime, type MetricOptions, ValueType } from "@opentelemetry/api";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import { SeriesTable } from "./series.ts";

/** OpenTelemetry's own, for histograms that name none. */
const defaultBoundaries = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000];
/** `DataPointType` and `AggregationTemporality` of the SDK, which is loaded only when it is needed. */
const histogramType = 0;
const sumType = 3;
const cumulative = 1;

export interface Named {
  readonly name: string;
  readonly options: MetricOptions;
  readonly startTime: HrTime;
}

/** A cumulative sum for each set of attributes. */
export class QuickSum {
  readonly #named: Named;
  readonly #monotonic: boolean;
  readonly #table = new SeriesTable(() => ({ value: 0 }));

  constructor(named: Named, kind: { readonly monotonic: boolean }) {
    this.#named = named;
    this.#monotonic = kind.monotonic;
  }

  readonly add = (value: number, attributes: Attributes = none): void => {
    if (Number.isFinite(value) && (value >= 0 || !this.#monotonic)) this.#table.of(attributes).value += value;
  };

  collect(endTime: HrTime): MetricData {
    const dataPoints = Array.from(this.#table.entries(), ({ attributes, series }) => ({
      startTime: this.#named.startTime,
      endTime,
      attributes,
      value: series.value,
    }));
    return { ...head(this.#named), dataPointType: sumType, isMonotonic: this.#monotonic, dataPoints };
  }
}

/** A cumulative histogram of explicit buckets for each set of attributes. */
export class QuickHistogram {
  readonly #named: Named;
  readonly #boundaries: readonly number[];
  readonly #table: SeriesTable<Buckets>;

  constructor(named: Named) {
    this.#named = named;
    const boundaries = named.options.advice?.explicitBucketBoundaries ?? defaultBoundaries;
    this.#boundaries = boundaries;
    this.#table = new SeriesTable(() => ({
      count: 0,
      sum: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
      counts: new Array<number>(boundaries.length + 1).fill(0),
    }));
  }

  readonly record = (value: number, attributes: Attributes = none): void => {
    if (!(value >= 0)) return;
    const series = this.#table.of(attributes);
    const bucket = this.#bucketOf(value);
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.count += 1;
    series.sum += value;
    if (value < series.min) series.min = value;
    if (value > series.max) series.max = value;
  };

  collect(endTime: HrTime): MetricData {
    const dataPoints = Array.from(this.#table.entries(), ({ attributes, series }) => {
      const { counts, ...rest } = series;
      const buckets = { boundaries: [...this.#boundaries], counts: [...counts] };
      return { startTime: this.#named.startTime, endTime, attributes, value: { ...rest, buckets } };
    });
    return { ...head(this.#named), dataPointType: histogramType, dataPoints };
  }

  /** Most measurements are short, so that a search from below ends soon. A value on a boundary belongs to it. */
  #bucketOf(value: number): number {
    let bucket = 0;
    while (value > (this.#boundaries[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    return bucket;
  }
}

interface Buckets {
  count: number;
  sum: number;
  min: number;
  max: number;
  readonly counts: number[];
}

const none: Attributes = {};

function head({ name, options }: Named) {
  const { description = "", unit = "", valueType = ValueType.DOUBLE } = options;
  return { descriptor: { name, description, unit, valueType }, aggregationTemporality: cumulative };
}
