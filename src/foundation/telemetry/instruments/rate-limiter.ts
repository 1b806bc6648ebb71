import type { Meter } from "@opentelemetry/api";

/**
 * Counts what rate limiters decide, for `rateLimit({ onDecision })`. Its attributes are the decision and the limiter's
 * policy, never whose requests they were.
 */
export function createDecisionCounter(meter: Meter): (decision: "admitted" | "limited", policy: string) => void {
  const decisions = meter.createCounter("rate_limiter.decisions", {
    description: "Requests that rate limiters let through or refused",
    unit: "{request}",
  });
  return (decision, policy) => {
    decisions.add(1, { "rate_limiter.decision": decision, "rate_limiter.policy": policy });
  };
}
