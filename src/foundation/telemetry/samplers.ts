import type { Sampler } from "@opentelemetry/sdk-trace-base";
import type { TracePackages } from "./packages.ts";

/** The values of OTEL_TRACES_SAMPLER. */
export const samplerNames = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;
export type SamplerName = (typeof samplerNames)[number];

/**
 * The sampler of a name. `ratio` (0 to 1) is what the two ratio samplers keep of the traces that start here; a
 * `parentbased_` one follows the caller's decision where there is a caller.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
export function createSampler(
  { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler }: TracePackages,
  { name, ratio }: { readonly name: SamplerName; readonly ratio: number },
): Sampler {
  const roots = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  } as const;
  const rootOf = (key: string): Sampler => roots[key as keyof typeof roots]();
  const [, root] = /^parentbased_(.+)$/.exec(name) ?? [];
  return root === undefined ? rootOf(name) : new ParentBasedSampler({ root: rootOf(root) });
}
