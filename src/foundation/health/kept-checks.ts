import { type Check, type CheckResult, type RunChecksOptions, runChecks } from "./check.ts";

export interface KeptChecksOptions extends RunChecksOptions {
  /** How long an answer is kept, in milliseconds. */
  readonly keptMs: number;
  /** Told of each failure, once for each run of the checks. */
  readonly onFailure: (result: CheckResult) => void;
}

/**
 * Checks that anybody may ask for, as often as they like: an answer is kept for a while, and a run under way is shared.
 */
export function createKeptChecks(
  checks: readonly Check[],
  options: KeptChecksOptions,
): () => Promise<readonly CheckResult[]> {
  const elapsedMs = options.elapsedMs ?? (() => performance.now());
  let last: { readonly at: number; readonly results: Promise<readonly CheckResult[]> } | null = null;
  return () => {
    const now = elapsedMs();
    if (last === null || now - last.at > options.keptMs) last = { at: now, results: runAndTell(checks, options) };
    return last.results;
  };
}

async function runAndTell(checks: readonly Check[], options: KeptChecksOptions) {
  const results = await runChecks(checks, options);
  for (const result of results) if (result.status === "failed") options.onFailure(result);
  return results;
}
