import { createLocalSource } from "../local/local-source.ts";
import type { Source, TimeRange } from "../model.ts";
import { createOutput, type Output, type Stream } from "../output.ts";
import { type Environment, parseSigNozSettings } from "../settings.ts";
import { SigNozClient } from "../signoz/client.ts";
import { createSigNozSource } from "../signoz/source.ts";
import { parseRange } from "../time.ts";
import type { JsonOption, RangeOptions, SourceOptions } from "./options.ts";

/** What the process gives a run. */
export interface Surroundings {
  readonly out: Stream;
  readonly err: Stream;
  readonly env: Environment;
  readonly readInput: () => Promise<string>;
  /** Whether somebody would have to type the input. */
  readonly isInputTyped: boolean;
  /** The program and arguments that start this tool. */
  readonly start: readonly string[];
  /** When whoever runs it wants no more. */
  readonly interrupted: AbortSignal;
}

/** How long one attempt may take. A query over weeks of data takes long. */
const requestTimeoutMs = 60_000;

export function outputOf({ out, err, env }: Surroundings, { json }: JsonOption): Output {
  return createOutput({ out, err, env, isJson: json === true });
}

/** @throws DebugError (usage) where the variables do not say where SigNoz is */
export function connect(surroundings: Surroundings, output: Output): SigNozClient {
  return new SigNozClient({
    ...parseSigNozSettings(surroundings.env),
    timeoutMs: requestTimeoutMs,
    onWait: (reason, waitMs) => output.note(`${reason}; asking again in ${(waitMs / 1_000).toFixed(1)} s`),
  });
}

/** Where traces and log lines come from: SigNoz, or files. */
export interface Origin {
  readonly source: Source;
  /** Null with files. */
  readonly client: SigNozClient | null;
  readonly range: TimeRange;
  /** What is to be known of the last answer, such as what it leaves out. */
  readonly notes: () => readonly string[];
}

export function openOrigin(surroundings: Surroundings, output: Output, options: SourceOptions): Origin {
  const range = rangeOf(options);
  if (options.local !== undefined) {
    const source = createLocalSource(options.local, { serviceName: serviceNameOf(surroundings.env) });
    return { source, client: null, range, notes: () => source.notes() };
  }
  const client = connect(surroundings, output);
  const source = createSigNozSource(client);
  return { source, client, range, notes: () => source.notes() };
}

/** The service that this environment is about. */
export const serviceNameOf = (env: Environment): string => env["OTEL_SERVICE_NAME"] || "footing";

export const rangeOf = (options: RangeOptions): TimeRange => parseRange(options, Date.now());
