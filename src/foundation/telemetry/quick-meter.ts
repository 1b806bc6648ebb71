import type {
  Counter,
  Histogram,
  HrTime,
  Meter,
  MeterOptions,
  MeterProvider,
  MetricOptions,
  UpDownCounter,
} from "@opentelemetry/api";
import type { MetricProducer, ScopeMetrics } from "@opentelemetry/sdk-metrics";
import { toHrTime } from "./hr-time.ts";
import { type Named, QuickHistogram, QuickSum } from "./quick-instruments.ts";

type QuickInstrument = QuickSum | QuickHistogram;

interface KnownMeter {
  readonly scope: ScopeMetrics["scope"];
  readonly instruments: Map<string, QuickInstrument>;
}

/**
 * Makes counters and histograms that cost a request next to nothing: the SDK's sort and serialise the attributes at every
 * measurement, which is most of what a metric costs. These know their series by the attributes' identity. Gauges and
 * everything observable stay the SDK's, as do the reader and the export.
 */
export class QuickMeters implements MetricProducer {
  readonly #meters = new Map<string, KnownMeter>();
  readonly #resource: CollectedResource;

  constructor(resource: CollectedResource) {
    this.#resource = resource;
  }

  /** The SDK's provider, with instruments of its meters replaced. */
  over(provider: MeterProvider): MeterProvider {
    return {
      getMeter: (name, version, options) =>
        this.#meterOver(provider.getMeter(name, version, options), name, version, options),
    };
  }

  async collect() {
    const endTime = toHrTime(Date.now());
    const scopeMetrics = Array.from(this.#meters.values(), ({ scope, instruments }) => ({
      scope,
      metrics: [...instruments.values()]
        .map((instrument) => instrument.collect(endTime))
        .filter(({ dataPoints }) => dataPoints.length > 0),
    })).filter(({ metrics }) => metrics.length > 0);
    return { resourceMetrics: { resource: this.#resource, scopeMetrics }, errors: [] };
  }

  #meterOver(meter: Meter, name: string, version = "", options: MeterOptions = {}): Meter {
    const key = JSON.stringify([name, version, options.schemaUrl]);
    const { schemaUrl } = options;
    const scope = { name, version, ...(schemaUrl === undefined ? {} : { schemaUrl }) };
    const known: KnownMeter = this.#meters.get(key) ?? { scope, instruments: new Map() };
    this.#meters.set(key, known);
    const startTime: HrTime = toHrTime(Date.now());
    /** An instrument that was made before is the one of its name. */
    const make = <I extends QuickInstrument>(
      instrument: string,
      given: MetricOptions = {},
      create: (named: Named) => I,
    ): I => {
      const before = known.instruments.get(instrument);
      const made = before === undefined ? create({ name: instrument, options: given, startTime }) : (before as I);
      known.instruments.set(instrument, made);
      return made;
    };
    const quick: Meter = Object.create(meter);
    quick.createHistogram = (instrument, given): Histogram =>
      make(instrument, given, (named) => new QuickHistogram(named));
    quick.createCounter = (instrument, given): Counter =>
      make(instrument, given, (named) => new QuickSum(named, { monotonic: true }));
    quick.createUpDownCounter = (instrument, given): UpDownCounter =>
      make(instrument, given, (named) => new QuickSum(named, { monotonic: false }));
    return quick;
  }
}

type CollectedResource = Awaited<ReturnType<MetricProducer["collect"]>>["resourceMetrics"]["resource"];
