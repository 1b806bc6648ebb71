export type { Check, CheckResult, CheckStatus, HealthStatus, RunChecksOptions } from "./check.ts";
export { runChecks, statusOf } from "./check.ts";
export { createKeptChecks, type KeptChecksOptions } from "./kept-checks.ts";
export { createLifecycle, type Lifecycle, type LifecycleState } from "./lifecycle.ts";
