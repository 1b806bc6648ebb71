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

/**
 * All that the application stands on. What is not configured says so; where there are no probes, what they would ask is
 * refused by the configuration.
 */
export function createChecks(config: Config, db: Db | null, probes: Probes | null): readonly Check[] {
  const { redisUrl } = config.rateLimit;
  return [
    createDatabaseCheck(db),
    createRedisCheck(redisUrl === undefined || probes === null ? null : () => probes.pingRedis(redisUrl)),
    createStorageCheck(config.storage, probes?.probeBucket ?? null),
    createModelCheck(config.model),
  ];
}
