import { expect, test } from "bun:test";
import type { Attributes, Meter } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { QuickMeters } from "../../../src/foundation/telemetry/quick-meter.ts";
import { seriesMax } from "../../../src/foundation/telemetry/series.ts";

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const resource = resourceFromAttributes({});

/** A meter and what it has collected, times left out. */
function open(kind: "quick" | "sdk") {
  const quick = new QuickMeters(resource);
  const reader = new Reader(kind === "quick" ? { metricProducers: [quick] } : {});
  const sdk = new MeterProvider({ resource, readers: [reader] });
  const meter = (kind === "quick" ? quick.over(sdk) : sdk).getMeter("test", "1");
  const collect = async () => {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics
      .flatMap(({ scope, metrics }) => metrics.map((metric) => ({ scope: scope.name, ...metric })))
      .map(({ descriptor, dataPoints, ...rest }) => ({
        ...rest,
        name: descriptor.name,
        unit: descriptor.unit,
        points: dataPoints
          .map(({ attributes, value }) => ({ attributes, value }))
          .toSorted((left, right) => (JSON.stringify(left.attributes) < JSON.stringify(right.attributes) ? -1 : 1)),
      }))
      .toSorted((left, right) => (left.name < right.name ? -1 : 1));
  };
  return { meter, collect };
}

const sets: readonly Attributes[] = [{}, { a: 1, b: "x" }, { a: 2 }, { a: "2" }, { flag: true }];
/** The same content by another object, in another order. */
const again = (attributes: Attributes): Attributes => Object.fromEntries(Object.entries(attributes).toReversed());

const measurement = fc.record({
  instrument: fc.constantFrom("counter", "upDown", "histogram", "seconds"),
  value: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(0, 0.005, 0.25, 10, 10_000, 20_000)),
  set: fc.nat(sets.length - 1),
  fresh: fc.boolean(),
});

function measure(
  meter: Meter,
  measurements: readonly (typeof measurement extends fc.Arbitrary<infer M> ? M : never)[],
): void {
  const seconds = { unit: "s", advice: { explicitBucketBoundaries: [0.005, 0.25, 10] } };
  const [counter, upDown] = [meter.createCounter("counter"), meter.createUpDownCounter("upDown", { unit: "{one}" })];
  const histograms = {
    histogram: meter.createHistogram("histogram"),
    seconds: meter.createHistogram("seconds", seconds),
  };
  for (const { instrument, value, set, fresh } of measurements) {
    const attributes = fresh ? again(sets[set] ?? {}) : (sets[set] ?? {});
    if (instrument === "counter") counter.add(value, attributes);
    else if (instrument === "upDown") upDown.add(value, attributes);
    else histograms[instrument as keyof typeof histograms].record(value, attributes);
  }
}

test("counters and histograms collect what the SDK's own would, again and again", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(measurement, { maxLength: 30 }), { minLength: 1, maxLength: 3 }),
      async (rounds) => {
        const [quick, sdk] = [open("quick"), open("sdk")];
        for (const round of rounds) {
          measure(quick.meter, round);
          measure(sdk.meter, round);
          expect(await quick.collect()).toEqual(await sdk.collect());
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("an instrument keeps no more series than it may: what comes beyond is counted as one", async () => {
  const { meter, collect } = open("quick");
  const counter = meter.createCounter("counter");
  for (let index = 0; index < seriesMax * 2; index += 1) counter.add(1, { index });
  const [collected] = await collect();
  expect(collected?.points).toHaveLength(seriesMax);
  const overflow = collected?.points.find(({ attributes }) => attributes["otel.metric.overflow"] === true);
  expect(overflow?.value).toBe(seriesMax + 1);
});
