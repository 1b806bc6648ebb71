import { type CheckResult, statusOf } from "../../foundation/health/index.ts";
import { healthSchema } from "./schemas.ts";

/** Neither errors nor addresses: everybody may read it. */
export function toHealthResponse(
  results: readonly CheckResult[],
  build: { readonly version: string; readonly commit: string | undefined },
) {
  const checks = results.map(
    ({ name, status, critical, durationMs }) => [name, { status, critical, duration_ms: durationMs }] as const,
  );
  return healthSchema.parse({
    status: statusOf(results),
    version: build.version,
    commit: build.commit ?? null,
    checks: Object.fromEntries(checks),
  });
}
