import type { ConfigFault } from "./config-error.ts";
import type { TextOf } from "./rules.ts";
import { getReference, type VariableName } from "./variables.ts";

/** What Footing runs on. */
export const runtimes = ["Bun", "Node", "Deno", "workerd"] as const;
export type Runtime = (typeof runtimes)[number];

/** Something that only some runtimes can do, and how a configuration asks for it. */
interface Capability {
  readonly variable: VariableName;
  readonly isAskedFor: (text: string | undefined) => boolean;
  /** Where it is missing. */
  readonly missingOn: readonly Runtime[];
  readonly problem: (runtime: Runtime) => string;
  readonly expected: (runtime: Runtime) => string;
}

const isSet = (text: string | undefined): boolean => text !== undefined;

/** Everything that a configuration may ask for and that some runtime cannot do. The README's table says the same. */
const capabilities: readonly Capability[] = [
  {
    variable: "DATABASE_URL",
    isAskedFor: (text) => text === undefined,
    missingOn: ["Node", "Deno", "workerd"],
    problem: (runtime) => `is not set, and the embedded database does not run on ${runtime}`,
    expected: (runtime) => {
      const { expected } = getReference("DATABASE_URL");
      return runtime === "workerd" ? `${expected}, or a Hyperdrive binding named HYPERDRIVE` : expected;
    },
  },
  {
    variable: "REDIS_URL",
    isAskedFor: isSet,
    missingOn: ["Node", "Deno", "workerd"],
    problem: (runtime) => `is set, and there is no Redis client on ${runtime}`,
    expected: () => "nothing: requests are counted in memory there",
  },
  {
    variable: "S3_BUCKET",
    isAskedFor: isSet,
    missingOn: ["Node", "Deno", "workerd"],
    problem: (runtime) => `is set, and there is no S3 client on ${runtime}`,
    expected: () => "nothing",
  },
  {
    variable: "OTEL_TRACES_EXPORTER",
    isAskedFor: (text) => text === "file",
    missingOn: ["workerd"],
    problem: () => "is file, and a worker has no files",
    expected: () => "otlp or none",
  },
];

/** What is right elsewhere and cannot be on this runtime. */
export function findRuntimeFaults(runtime: Runtime, textOf: TextOf): ConfigFault[] {
  return capabilities
    .filter(({ variable, isAskedFor, missingOn }) => missingOn.includes(runtime) && isAskedFor(textOf(variable)))
    .map(({ variable, problem, expected }) => ({ variable, problem: problem(runtime), expected: expected(runtime) }));
}
