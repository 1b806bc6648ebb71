import postgres from "postgres";
import { createTestApp } from "../support/app.ts";
import { superuserUrl } from "../support/database.ts";
import { createFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import type { World } from "./session.ts";

export interface TestWorld extends World {
  /** Deadlocks that PostgreSQL has found in the application's database. */
  deadlocks(): Promise<number>;
  close(): Promise<void>;
}

/** The application over a database of its own, with a network between them that can be cut. */
export async function createWorld(): Promise<TestWorld> {
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
    async deadlocks() {
      const superuser = postgres(await superuserUrl(app.database.name), { max: 1, fetch_types: false });
      const [row] = await superuser<{ deadlocks: number }[]>`
        select deadlocks::int as deadlocks from pg_stat_database where datname = current_database()`;
      await superuser.end();
      return row?.deadlocks ?? 0;
    },
    async close() {
      await app.close();
      standing.stop();
    },
  };
}
