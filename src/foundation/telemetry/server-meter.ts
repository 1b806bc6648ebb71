import type { Attributes, Histogram, Meter, MeterProvider, MetricOptions, UpDownCounter } from "@opentelemetry/api";
import { findRoutePattern } from "../http/route-pattern.ts";
import { errorTypeOf, methodOf, schemeOf } from "./server-attributes.ts";
import { findRequest } from "./server-request.ts";

/**
 * What @hono/otel makes its two instruments with: `http.server.request.duration` in seconds and
 * `http.server.active_requests`. What they are counted by is decided here, by the conventions: methods that HTTP does not know are
 * `_OTHER`, an unmatched path has no route, and a 5xx has its error's id for a type. So there are no more series
 * than routes, methods, statuses and ids of errors.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
export function createServerMeterProvider(provider: MeterProvider): MeterProvider {
  return { getMeter: (name, version, options) => withServerAttributes(provider.getMeter(name, version, options)) };
}

function withServerAttributes(meter: Meter): Meter {
  const serverMeter: Meter = Object.create(meter);
  serverMeter.createHistogram = <A extends Attributes>(name: string, options?: MetricOptions): Histogram<A> => {
    const histogram = meter.createHistogram(name, options);
    return { record: (seconds) => histogram.record(seconds, answerSeries()) };
  };
  serverMeter.createUpDownCounter = <A extends Attributes>(name: string, options?: MetricOptions): UpDownCounter<A> => {
    const counter = meter.createUpDownCounter(name, { ...options, unit: "{request}" });
    return { add: (value) => counter.add(value, requestSeries()) };
  };
  return serverMeter;
}

/** One object for each series, by which meters know it again. */
const known = new Map<string, Attributes>();
/** Far above what routes, methods, statuses and error ids come to. */
const knownMax = 10_000;

function seriesOf(key: string, create: () => Attributes): Attributes {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= knownMax) known.clear();
  const made = create();
  known.set(key, made);
  return made;
}

/** The series of a request that is under way. */
function requestSeries(): Attributes {
  const c = findRequest();
  if (c === null) return {};
  const [method, scheme] = [methodOf(c), schemeOf(c)];
  return seriesOf(`${method} ${scheme}`, () => ({ "http.request.method": method, "url.scheme": scheme }));
}

/** The series of a request that is over. */
function answerSeries(): Attributes {
  const c = findRequest();
  if (c === null) return {};
  const { status } = c.res;
  const [method, scheme, route] = [methodOf(c), schemeOf(c), findRoutePattern(c)];
  const errorType = status >= 500 ? errorTypeOf(c, status) : "";
  return seriesOf(`${method} ${scheme} ${status} ${errorType} ${route ?? ""}`, () => ({
    "http.request.method": method,
    "url.scheme": scheme,
    "http.response.status_code": status,
    ...(route === null ? {} : { "http.route": route }),
    ...(errorType === "" ? {} : { "error.type": errorType }),
  }));
}
