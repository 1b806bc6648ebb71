import { expect } from "bun:test";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { startApi } from "../../support/api-process.ts";
import { type createLedgerLoad, describeAccounting, soundAccounting } from "./ledger-load.ts";

export type Load = Awaited<ReturnType<typeof createLedgerLoad>>;

/** Postings that must have been acknowledged between one fault and the next: each meets a service that works. */
const acknowledgedBetween = 15;

/** What every process under a fault is started with. */
export function faultEnv(urls: { readonly apiUrl: string; readonly ownerUrl: string }): Record<string, string> {
  return {
    DATABASE_URL: urls.apiUrl,
    DATABASE_MIGRATION_URL: urls.ownerUrl,
    SECRET_KEY: "a-secret-key-for-tests-of-at-least-32-bytes",
    DB_POOL_SIZE: "6",
    DB_CONNECT_TIMEOUT_SECONDS: "2",
    API_RATE_LIMIT_REQUESTS: "1000000",
  };
}

export function startOn(urls: { readonly apiUrl: string; readonly ownerUrl: string }, env = {}) {
  return startApi({ cwd: tmpdir(), env: { ...faultEnv(urls), ...env } });
}

/** Resolves at some moment after the service has been seen to work again. */
export async function untilItWorks(load: Load): Promise<void> {
  const enough = load.acknowledged() + acknowledgedBetween;
  while (load.acknowledged() < enough) await Bun.sleep(5);
  await Bun.sleep(Math.random() * 30);
}

/** Ends a load, prints what came of it, and demands that no promise was broken. */
export async function settle(name: string, load: Load) {
  const accounting = await load.account();
  process.stdout.write(`${describeAccounting(name, accounting)}\n`);
  expect(accounting).toMatchObject(soundAccounting);
  expect(accounting.effects).toBe(accounting.settled);
  return accounting;
}

export function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
