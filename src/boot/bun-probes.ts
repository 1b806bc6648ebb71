import type { Probes } from "./create-checks.ts";

/** With Bun's own clients: nothing else in the process needs either yet. */
export const bunProbes: Probes = {
  async pingRedis(url) {
    const client = new Bun.RedisClient(url, { connectionTimeout: 2000, autoReconnect: false, maxRetries: 0 });
    try {
      return await client.ping();
    } finally {
      client.close();
    }
  },

  /** Region and credentials are those of the standard AWS_* variables, which Bun reads itself. */
  probeBucket({ s3Bucket, s3Endpoint }) {
    const client = new Bun.S3Client({
      bucket: s3Bucket,
      ...(s3Endpoint === undefined ? {} : { endpoint: s3Endpoint }),
    });
    return client.list({ maxKeys: 1 });
  },
};
