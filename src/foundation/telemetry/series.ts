import type { Attributes } from "@opentelemetry/api";

/** As many as the SDK keeps of one instrument by default; whatever comes beyond is counted as one. */
export const seriesMax = 2_000;
const overflow: Attributes = { "otel.metric.overflow": true };

/**
 * The series of one instrument, by their attributes. Whoever passes the same object again is answered by its identity; other
 * objects are compared by what they hold.
 */
export class SeriesTable<S> {
  readonly #byObject = new WeakMap<Attributes, S>();
  readonly #byContent = new Map<string, { readonly attributes: Attributes; readonly series: S }>();
  readonly #create: () => S;

  constructor(create: () => S) {
    this.#create = create;
  }

  of(attributes: Attributes): S {
    const known = this.#byObject.get(attributes);
    if (known !== undefined) return known;
    const series = this.#byContentOf(attributes);
    this.#byObject.set(attributes, series);
    return series;
  }

  entries(): Iterable<{ readonly attributes: Attributes; readonly series: S }> {
    return this.#byContent.values();
  }

  #byContentOf(given: Attributes): S {
    const content = contentOf(given);
    const known = this.#byContent.get(content);
    if (known !== undefined) return known.series;
    if (this.#byContent.size >= seriesMax - 1 && given !== overflow) return this.#byContentOf(overflow);
    const series = this.#create();
    this.#byContent.set(content, { attributes: { ...given }, series });
    return series;
  }
}

function contentOf(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
