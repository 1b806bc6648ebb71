/** One user's book over HTTP, with a clock that a run sets and a network that it cuts. */
import type { Answer, TestApp } from "../support/app.ts";
import type { FaultProxy } from "../support/fault-proxy.ts";
import type { Request } from "./performing.ts";
import { firstAccounts, ownCommodities, startsAt } from "./vocabulary.ts";

export interface Session {
  readonly userId: string;
  /** Sends until there is an answer: after a 503 the same again. */
  send(request: Request): Promise<Answer>;
  /** Likewise. */
  get(path: string): Promise<Answer>;
  /** Sets the clock on. */
  tick(ms: number): Promise<void>;
  readonly now: string;
  /** The connections that were lost, by what was answered. */
  readonly unanswered: string[];
}

export interface World {
  readonly app: TestApp;
  readonly proxy: FaultProxy;
}

const attemptsMax = 30;
/** Access tokens live for a day at the most. */
const renewalMs = 20 * 3_600_000;

export async function openSession({ app }: World): Promise<Session> {
  app.clock.current = new Date(startsAt);
  app.logLines.length = 0;
  const owner = await app.register();
  let credential = { token: owner.token, refreshToken: owner.refreshToken, at: Date.parse(startsAt) };
  const unanswered: string[] = [];
  const nowMs = () => app.clock.current?.getTime() ?? 0;

  async function send(request: Request): Promise<Answer> {
    const { write, key, dryRun, unknownField, requestId, traceId } = request;
    const json = unknownField ? { ...write.json, no_such_field: 1 } : write.json;
    const headers = {
      "X-Request-ID": requestId,
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
      ...(key === undefined ? {} : { "Idempotency-Key": key }),
      ...(write.ifMatch === undefined ? {} : { "If-Match": write.ifMatch }),
    };
    const path = `${owner.book}${write.path}${dryRun ? "?dry_run=true" : ""}`;
    const sent = { method: write.method, token: credential.token, headers };
    return insist(() => app.request(path, json === undefined ? sent : { ...sent, json }));
  }

  async function insist(request: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await request();
      if (answer.status !== 503 || attempt === attemptsMax) return answer;
      unanswered.push(answer.body.error_id);
      await Bun.sleep(20);
    }
  }

  const session: Session = {
    userId: owner.userId,
    unanswered,
    send,
    get: (path) => insist(() => app.request(`${owner.book}${path}`, { token: credential.token })),
    get now() {
      return new Date(nowMs()).toISOString();
    },
    async tick(ms) {
      app.clock.current = new Date(nowMs() + ms);
      if (nowMs() - credential.at < renewalMs) return;
      const { status, body } = await app.request("/api/v1/auth/refresh", {
        json: { refresh_token: credential.refreshToken },
      });
      if (status !== 200) throw new Error(`refreshing answered ${status}: ${JSON.stringify(body)}`);
      credential = { token: body.access_token, refreshToken: body.refresh_token, at: nowMs() };
    },
  };
  for (const code of ownCommodities) {
    const json = { code, places: code === "ACME" ? 4 : 0 };
    await app.request(`${owner.book}/commodities`, { token: credential.token, json });
  }
  return session;
}

/** The writes that every book begins with. */
export const beginnings = firstAccounts.map(([path, type]) => ({ path, type }));
