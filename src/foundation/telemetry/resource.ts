import type { Attributes } from "@opentelemetry/api";

export interface ServiceDescription {
  readonly name: string;
  readonly version: string;
  /** Tells this process from others of the service: a random UUID by default. */
  readonly instanceId?: string;
  /** Where it runs: `production`, `staging`, … */
  readonly environment?: string;
}

/**
 * What every span, log record and metric says of where it comes from. `pairs` (those of OTEL_RESOURCE_ATTRIBUTES) go
 * over what is known of the service, except its name. The environment stands under its present name and under the
 * one before, which dashboards still filter by.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/resource/
 */
export function resourceAttributes(service: ServiceDescription, pairs: Readonly<Record<string, string>>): Attributes {
  const environment = pairs["deployment.environment.name"] ?? pairs["deployment.environment"] ?? service.environment;
  return {
    "service.version": service.version,
    "service.instance.id": service.instanceId ?? crypto.randomUUID(),
    ...(environment === undefined
      ? {}
      : { "deployment.environment.name": environment, "deployment.environment": environment }),
    "telemetry.sdk.language": "js",
    "telemetry.sdk.name": "opentelemetry",
    ...pairs,
    "service.name": service.name,
  };
}
