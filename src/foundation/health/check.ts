/** Something that the application stands on, and how to find out whether it answers. */
export interface Check {
  /** As reports name it: `database`, `redis`. */
  readonly name: string;
  /** Whether nothing works without it. */
  readonly critical: boolean;
  /**
   * Resolves where it works, to `false` where none is configured, and rejects where it does not work. Its error is for the log alone. Not
   * called twice at a time.
   */
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
  /** What to look at where it fails: one sentence, without an address or a secret. */
  readonly remedy: string;
}

export type CheckStatus = "ok" | "failed" | "not_configured";

export interface CheckResult {
  readonly name: string;
  readonly critical: boolean;
  readonly status: CheckStatus;
  /** How long the probe took, in milliseconds. */
  readonly durationMs: number;
  readonly remedy: string;
  /** What it rejected with: for the log. */
  readonly error?: unknown;
}

/** Of all checks together: `degraded` where only what is not critical fails. */
export type HealthStatus = "ok" | "degraded" | "failed";

export interface RunChecksOptions {
  /** How long one probe may take, in milliseconds; past it, it has failed. */
  readonly timeoutMs: number;
  /** Monotonic milliseconds; `performance.now` by default. */
  readonly elapsedMs?: () => number;
}

/** Runs checks side by side, each for a bounded time. Never throws. In the order they were given. */
export function runChecks(checks: readonly Check[], options: RunChecksOptions): Promise<readonly CheckResult[]> {
  return Promise.all(checks.map((check) => runCheck(check, options)));
}

/** `failed` where something critical fails. */
export function statusOf(results: readonly CheckResult[]): HealthStatus {
  const failed = results.filter(({ status }) => status === "failed");
  if (failed.length === 0) return "ok";
  return failed.some(({ critical }) => critical) ? "failed" : "degraded";
}

async function runCheck(check: Check, { timeoutMs, elapsedMs = () => performance.now() }: RunChecksOptions) {
  const { name, critical, remedy } = check;
  const startedAt = elapsedMs();
  const result = (status: CheckStatus): CheckResult => {
    const durationMs = Math.round((elapsedMs() - startedAt) * 1000) / 1000;
    return { name, critical, status, durationMs, remedy };
  };
  const late = Promise.withResolvers<never>();
  const aborter = new AbortController();
  const timer = setTimeout(() => {
    const error = new Error(`no answer within ${timeoutMs} ms`);
    late.reject(error);
    aborter.abort(error);
  }, timeoutMs);
  try {
    // A probe that throws at once fails like one that rejects.
    const answer = await Promise.race([(async () => check.probe(aborter.signal))(), late.promise]);
    return result(answer === false ? "not_configured" : "ok");
  } catch (error) {
    return { ...result("failed"), error };
  } finally {
    clearTimeout(timer);
  }
}
