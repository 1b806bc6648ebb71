import type { Sql } from "postgres";
import type { Answer } from "../../support/app.ts";
import { send } from "../../support/send.ts";

export interface HeldLogIn {
  /** What is answered in the end; rejects where the connection is cut. */
  readonly answer: Promise<Answer>;
  /** Lets it go on. */
  release(): Promise<void>;
}

/** Sends a log-in, and resolves once it waits in the database for a lock that is held until it is released. */
export async function holdLogIn(
  url: string,
  credentials: { readonly email: string; readonly password: string },
  admin: Sql,
): Promise<HeldLogIn> {
  const locked = await admin.reserve();
  await locked`begin`;
  await locked`lock table identity.users in access exclusive mode`;
  const answer = send(`${url}/api/v1/auth/login`, { json: credentials });
  // Whoever waits for it hears of it; until then it is nobody's fault.
  answer.catch(() => undefined);
  const countWaiting = async () =>
    (await locked`select from pg_locks where not granted and relation = 'identity.users'::regclass`).length;
  while ((await countWaiting()) === 0) await Bun.sleep(20);
  return {
    answer,
    async release() {
      await locked`commit`;
      locked.release();
    },
  };
}
