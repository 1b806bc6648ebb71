/** What leaves over OTLP, by the last segment of its path. */
export const signals = ["traces", "logs", "metrics"] as const;
export type Signal = (typeof signals)[number];

/** Where a signal goes: an OTLP receiver, or nowhere. */
export const exporterNames = ["otlp", "none"] as const;
export type ExporterName = (typeof exporterNames)[number];

/**
 * The URL that a signal is sent to: `/v1/traces`, `/v1/logs` or `/v1/metrics` appended to the receiver's base
 * endpoint, slashes at its end trimmed first; an endpoint that ends so already is kept. A query stays behind the path.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
 */
export function signalUrl(endpoint: string, signal: Signal): string {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith(`/v1/${signal}`) ? path : `${path}/v1/${signal}`;
  return url.href;
}
