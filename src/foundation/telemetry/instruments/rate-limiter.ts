import type { Attributes, Meter } from "@opentelemetry/api";

/**
 * Counts what rate limiters decide, for `rateLimit({ onDecision })`. Its attributes are the decision and the limiter's
 * policy, never whose requests they were.
 */
export function createDecisionCounter(meter: Meter): (decision: "admitted" | "limited", policy: string) => void {
  const decisions = meter.createCounter("rate_limiter.decisions", {
    description: "Requests that rate limiters let through or refused",
    unit: "{request}",
  });
  // One object for each pair: a meter knows what it has seen before by that.
  const known = new Map<string, Attributes>();
  return (decision, policy) => {
    const name = `${decision} ${policy}`;
    let attributes = known.get(name);
    if (attributes === undefined) {
      attributes = { "rate_limiter.decision": decision, "rate_limiter.policy": policy };
      known.set(name, attributes);
    }
    decisions.add(1, attributes);
  };
}
