import { afterAll, beforeAll, expect, test } from "bun:test";
import { withTx } from "../../../src/foundation/db/index.ts";
import { type Answer, createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.close());

type User = Awaited<ReturnType<TestApp["register"]>>;

const outcome = ({ status, body }: Answer) => [status, body.error_id];
const ended = [401, "UNAUTHENTICATED"];
const auth = "/api/v1/auth";
const me = (token: string) => t.request(`${auth}/me`, { token });
const list = (token: string, query = "") => t.request(`${auth}/sessions${query}`, { token });
const end = (token: string, id = "") => t.request(`${auth}/sessions${id && `/${id}`}`, { method: "DELETE", token });
const refresh = (token: string) => t.request(`${auth}/refresh`, { json: { refresh_token: token } });
const logout = (token: string) => t.request(`${auth}/logout`, { json: { refresh_token: token } });

async function logIn(user: User, userAgent = "test") {
  const json = { email: user.email, password: user.password };
  const { status, body } = await t.request(`${auth}/login`, { json, headers: { "User-Agent": userAgent } });
  expect(status).toBe(200);
  return { token: body.access_token as string, refreshToken: body.refresh_token as string };
}

/** The id of a token's own session. */
const currentOf = async (token: string): Promise<string> =>
  (await list(token)).body.items.find((session: { current: boolean }) => session.current).id;

/** Everything that the holder of a session may reach: its own account, books, a book read and written. */
function reach(user: User, token: string): Promise<Answer[]> {
  const commodity = { code: "POINTS", places: 2 };
  return Promise.all([
    me(token),
    list(token),
    t.request("/api/v1/books", { token }),
    t.request("/api/v1/books", { token, json: { name: "Another" } }),
    t.request(user.book, { token }),
    t.request(`${user.book}/members`, { token }),
    t.request(`${user.book}/export?format=json`, { token }),
    t.request(`${user.book}/commodities?dry_run=true`, { token, json: commodity }),
  ]);
}

test("each log-in is a session of its own, listed with what its client said, its times, and which one asks", async () => {
  const user = await t.register();
  const phone = await logIn(user, "Phone/1.0 (pocket)");
  const { status, body } = await list(phone.token);
  expect(status).toBe(200);
  expect(body.next_cursor).toBeNull();
  expect(body.items.map((s: Record<string, unknown>) => [s["user_agent"], s["current"]])).toEqual([
    [null, false],
    ["Phone/1.0 (pocket)", true],
  ]);
  for (const session of body.items) {
    expect(session.last_used_at).toBe(session.created_at);
    const lifetime = Date.parse(session.expires_at) - Date.parse(session.created_at);
    expect(lifetime).toBe(t.deps.config.auth.refreshTokenTtlSeconds * 1000);
  }
});

test("a client's word of itself is clipped and cannot carry what controls a terminal", async () => {
  const user = await t.register();
  const agents = ["x".repeat(5_000), "\u0080caf\u00e9\u009b31m", "   ", " spaced "];
  for (const agent of agents) await logIn(user, agent);
  const stored = (await list(user.token)).body.items.map((session: { user_agent: string }) => session.user_agent);
  expect(stored).toEqual([null, "x".repeat(200), "?caf??31m", null, "spaced"]);
});

test("a refresh is the session's last use and prolongs it", async () => {
  const user = await t.register();
  const start = Date.now();
  try {
    t.clock.current = new Date(start + 60_000);
    const { body } = await refresh(user.refreshToken);
    const [session] = (await list(body.access_token)).body.items;
    expect(session.last_used_at).toBe(t.clock.current.toISOString());
    expect(Date.parse(session.created_at)).toBeLessThan(start + 60_000);
    const ttlMs = t.deps.config.auth.refreshTokenTtlSeconds * 1000;
    expect(Date.parse(session.expires_at)).toBe(start + 60_000 + ttlMs);
  } finally {
    t.clock.current = null;
  }
});

test("pages of sessions cover each once, and only those that are open", async () => {
  const user = await t.register();
  const others = [await logIn(user), await logIn(user), await logIn(user)];
  await logout(others[1]?.refreshToken ?? "");
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const { body }: Answer = await list(user.token, `?limit=1${cursor === null ? "" : `&cursor=${cursor}`}`);
    seen.push(...body.items.map((session: { id: string }) => session.id));
    cursor = body.next_cursor;
  } while (cursor !== null);
  expect(new Set(seen).size).toBe(3);
  expect(seen).toEqual((await list(user.token)).body.items.map((session: { id: string }) => session.id));
});

test("log-out ends the access tokens of the session at once, wherever they are used, and no other session's", async () => {
  const user = await t.register();
  const other = await logIn(user);
  const before = await reach(user, user.token);
  expect(before.map(({ status }) => status)).toEqual([200, 200, 200, 201, 200, 200, 200, 201]);
  const refreshed = (await refresh(user.refreshToken)).body;
  expect((await logout(user.refreshToken)).status).toBe(204);
  for (const token of [user.token, refreshed.access_token]) {
    const answers = await reach(user, token);
    expect(answers.map(outcome)).toEqual(answers.map(() => ended));
    for (const { headers } of answers)
      expect(headers.get("www-authenticate")).toBe('Bearer realm="footing", error="invalid_token"');
  }
  expect((await reach(user, other.token)).map(({ status }) => status)).toEqual(before.map(({ status }) => status));
});

test("a session is ended from another one, again and again, and is then neither listed nor refreshed", async () => {
  const user = await t.register();
  const lost = await logIn(user);
  const id = await currentOf(lost.token);
  for (let round = 0; round < 2; round += 1) expect((await end(user.token, id)).status).toBe(204);
  expect(outcome(await me(lost.token))).toEqual(ended);
  expect(outcome(await refresh(lost.refreshToken))).toEqual([401, "REFRESH_TOKEN_INVALID"]);
  expect((await list(user.token)).body.items.length).toBe(1);
});

test("a session can end itself", async () => {
  const user = await t.register();
  expect((await end(user.token, await currentOf(user.token))).status).toBe(204);
  expect(outcome(await me(user.token))).toEqual(ended);
});

test("nobody ends another user's session, or sees it", async () => {
  const [user, other] = [await t.register(), await t.register()];
  const id = await currentOf(other.token);
  const foreign = await end(user.token, id);
  const missing = await end(user.token, "0198c2f5-7c1e-7d3a-9f59-000000000000");
  expect(outcome(foreign)).toEqual([404, "NOT_FOUND"]);
  expect(foreign.body.detail).toBe(missing.body.detail);
  expect((await me(other.token)).status).toBe(200);
});

test("logging out everywhere ends every session, the one that asks included, and lets the user log in again", async () => {
  const user = await t.register();
  const others = [await logIn(user), await logIn(user)];
  expect((await end(user.token)).status).toBe(204);
  for (const token of [user.token, ...others.map((other) => other.token)]) {
    expect(outcome(await me(token))).toEqual(ended);
  }
  for (const { refreshToken } of others) expect((await refresh(refreshToken)).status).toBe(401);
  expect((await me((await logIn(user)).token)).status).toBe(200);
});

test("a refresh that meets the end of its session does not outlive it", async () => {
  for (let round = 0; round < 8; round += 1) {
    const user = await t.register();
    const [rotated, gone] = await Promise.all([refresh(user.refreshToken), end(user.token)]);
    expect(gone.status).toBe(204);
    if (rotated.status !== 200) continue;
    expect(outcome(await me(rotated.body.access_token))).toEqual(ended);
    expect((await refresh(rotated.body.refresh_token)).status).toBe(401);
  }
});

test("a token that names another user's session is good for nothing, though its signature is right", async () => {
  const [user, other] = [await t.register(), await t.register()];
  const { accessTokens } = (await import("../../../src/modules/auth/auth-services.ts")).getAuthServices(t.deps);
  const sign = (subject: string, sessionId: string) => accessTokens.sign({ subject, sessionId, tokenId: "t" });
  const own = await currentOf(user.token);
  expect((await me(await sign(user.userId, own))).status).toBe(200);
  for (const token of [await sign(other.userId, own), await sign(user.userId, user.userId)]) {
    expect((await reach(user, token)).map(outcome)).toEqual((await reach(user, token)).map(() => ended));
  }
});

test("sessions that have expired go away with the user's next log-in, and their tokens with them", async () => {
  const user = await t.register();
  const ttlMs = t.deps.config.auth.refreshTokenTtlSeconds * 1000;
  const rows = () =>
    withTx(
      t.db,
      { settings: {} },
      (tx) => tx.sql<{ sessions: number; tokens: number }>`
        select (select count(*)::int from identity.sessions where user_id = ${user.userId}) as sessions,
          (select count(*)::int from identity.refresh_tokens
            where session_id in (select id from identity.sessions where user_id = ${user.userId})) as tokens`,
      { readOnly: true },
    );
  await logIn(user);
  expect(await rows()).toEqual([{ sessions: 2, tokens: 2 }]);
  try {
    t.clock.current = new Date(Date.now() + ttlMs + 1_000);
    await logIn(user);
    expect(await rows()).toEqual([{ sessions: 1, tokens: 1 }]);
  } finally {
    t.clock.current = null;
  }
});
