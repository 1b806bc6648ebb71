import type { Attributes, Meter } from "@opentelemetry/api";
import type { PoolStats } from "../db/index.ts";

/** What is measured of a database while it works. */
export function createDbMetrics(meter: Meter) {
  return {
    operationDuration: meter.createHistogram("db.client.operation.duration", {
      description: "How long statements took, from being sent to their answer",
      unit: "s",
      advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    }),
    waitTime: meter.createHistogram("db.client.connection.wait_time", {
      description: "How long transactions waited for a connection that they got",
      unit: "s",
      advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    }),
    timeouts: meter.createCounter("db.client.connection.timeouts", {
      description: "Waits for a connection that came to nothing",
      unit: "{timeout}",
    }),
    transactions: meter.createCounter("db.client.transactions", {
      description: "Transactions by how they ended",
      unit: "{transaction}",
    }),
    retries: meter.createCounter("db.client.transaction.retries", {
      description: "Transactions that ran again after a conflict",
      unit: "{retry}",
    }),
  };
}

/**
 * Gives the pool's gauges: connections by state, and requests that wait for one. They are read when metrics are
 * collected, and at no other time.
 *
 * @param pool - its name (`poolNameOf`), and `db.stats`
 * @returns what takes them away again.
 */
export function observePool(
  meter: Meter,
  pool: { readonly name: string; readonly stats: () => PoolStats },
): () => void {
  const count = meter.createObservableUpDownCounter("db.client.connection.count", {
    description: "Open connections by state",
    unit: "{connection}",
  });
  const pending = meter.createObservableUpDownCounter("db.client.connection.pending_requests", {
    description: "Transactions that wait for a connection",
    unit: "{request}",
  });
  const ofPool: Attributes = { "db.client.connection.pool.name": pool.name };
  const idle = { ...ofPool, "db.client.connection.state": "idle" };
  const used = { ...ofPool, "db.client.connection.state": "used" };
  const observables = [count, pending];
  const read: Parameters<Meter["addBatchObservableCallback"]>[0] = (result) => {
    const stats = pool.stats();
    result.observe(count, stats.idle, idle);
    result.observe(count, stats.open - stats.idle, used);
    result.observe(pending, stats.waiting, ofPool);
  };
  meter.addBatchObservableCallback(read, observables);
  return () => meter.removeBatchObservableCallback(read, observables);
}
