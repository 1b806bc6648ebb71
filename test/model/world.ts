import { createTestApp } from "../support/app.ts";
import { createFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import type { World } from "./session.ts";

/** The application over a database of its own, with a network between them that can be cut. */
export async function createWorld(): Promise<World & { close(): Promise<void> }> {
  let proxy: FaultProxy | null = null;
  const app = await createTestApp({
    env: { ACCESS_TOKEN_TTL_SECONDS: "86400", REFRESH_TOKEN_TTL_SECONDS: "31536000", DB_POOL_SIZE: "10" },
    databaseUrl: (url) => {
      proxy = createFaultProxy(url);
      return proxy.through(url);
    },
  });
  const standing = proxy as FaultProxy | null;
  if (standing === null) throw new Error("the application asked for no database");
  return {
    app,
    proxy: standing,
    async close() {
      await app.close();
      standing.stop();
    },
  };
}
