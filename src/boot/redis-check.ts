import type { Check } from "../foundation/health/index.ts";

/** Whether Redis answers; null where none is configured. */
export function createRedisCheck(ping: (() => Promise<unknown>) | null): Check {
  return {
    name: "redis",
    critical: false,
    remedy: "Is Redis running, and does REDIS_URL name it with a user and password that it takes?",
    probe: async () => (ping === null ? false : ping()),
  };
}
