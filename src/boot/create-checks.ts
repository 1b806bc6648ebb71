import type { Config } from "../config.ts";
import type { Db } from "../foundation/db/index.ts";
import type { Check } from "../foundation/health/index.ts";
import { createDatabaseCheck } from "./database-check.ts";
import { createModelCheck } from "./model-check.ts";
import { createRedisCheck } from "./redis-check.ts";
import { createStorageCheck, type ProbeBucket } from "./storage-check.ts";

/** What a runtime brings to ask with. */
export interface Probes {
  readonly pingRedis: (url: string) => Promise<unknown>;
  readonly probeBucket: ProbeBucket;
}

/** All that the application stands on. What is not configured says so. */
export function createChecks(config: Config, db: Db | null, probes: Probes): readonly Check[] {
  const { redisUrl } = config.rateLimit;
  return [
    createDatabaseCheck(db),
    createRedisCheck(redisUrl === undefined ? null : () => probes.pingRedis(redisUrl)),
    createStorageCheck(config.storage, probes.probeBucket),
    createModelCheck(config.model),
  ];
}
