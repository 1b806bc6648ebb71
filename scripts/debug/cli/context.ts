import { createLocalSource } from "../local/index.ts";
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
}

export async function openOrigin(surroundings: Surroundings, output: Output, options: SourceOptions): Promise<Origin> {
  const range = rangeOf(options);
  if (options.local !== undefined) return { source: await createLocalSource(options.local), client: null, range };
  const client = connect(surroundings, output);
  return { source: createSigNozSource(client), client, range };
}

export const rangeOf = (options: RangeOptions): TimeRange => parseRange(options, Date.now());
