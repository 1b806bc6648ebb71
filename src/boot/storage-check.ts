import type { Config } from "../config.ts";
import type { Check } from "../foundation/health/index.ts";

/** Lists at most one object of a bucket; rejects where that fails. */
export type ProbeBucket = (options: Config["storage"] & { readonly s3Bucket: string }) => Promise<unknown>;

/** Whether the bucket answers to its key. The runtime's own S3 client asks, as it signs requests; null where it has none. */
export function createStorageCheck(storage: Config["storage"], probeBucket: ProbeBucket | null): Check {
  const { s3Bucket } = storage;
  return {
    name: "storage",
    critical: false,
    remedy: "Does S3_BUCKET exist at S3_ENDPOINT, and may AWS_ACCESS_KEY_ID list it?",
    probe: async () => (s3Bucket === undefined || probeBucket === null ? false : probeBucket({ ...storage, s3Bucket })),
  };
}
