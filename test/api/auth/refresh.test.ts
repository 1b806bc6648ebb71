import { afterAll, beforeAll, expect, test } from "bun:test";
import { withTx } from "../../../src/foundation/db/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.close());

const refresh = (token: string) => t.request("/api/v1/auth/refresh", { json: { refresh_token: token } });
const logout = (token: string) => t.request("/api/v1/auth/logout", { json: { refresh_token: token } });

/** The tokens of a user's log-ins, as they are stored. */
function storedOf(userId: string) {
  return withTx(
    t.db,
    { settings: {} },
    (tx) => tx.sql<{ session_id: string; token_hash: string; used: boolean; revoked: boolean }>`
      select t.session_id, t.token_hash, t.used_at is not null as used, s.revoked_at is not null as revoked
      from identity.refresh_tokens t join identity.sessions s on s.id = t.session_id
      where s.user_id = ${userId} order by t.created_at, t.id`,
    { readOnly: true },
  );
}

test("each refresh gives a new pair of tokens, and the user's access goes on", async () => {
  const user = await t.register();
  let token = user.refreshToken;
  const seen = new Set([token]);
  for (let round = 0; round < 4; round += 1) {
    const { status, body } = await refresh(token);
    expect(status).toBe(200);
    expect(Object.keys(body).toSorted()).toEqual(["access_token", "expires_in", "refresh_token", "token_type"]);
    expect((await t.request("/api/v1/auth/me", { token: body.access_token })).body.user.id).toBe(user.userId);
    token = body.refresh_token;
    seen.add(token);
  }
  expect(seen.size).toBe(5);
});

test("a token is stored as a digest and never as itself", async () => {
  const user = await t.register();
  const [stored] = await storedOf(user.userId);
  expect(stored?.token_hash).toBe(new Bun.CryptoHasher("sha256").update(user.refreshToken).digest("hex"));
});

test("a second use of a token is refused and ends the log-in, and that is committed", async () => {
  const user = await t.register();
  const second = (await refresh(user.refreshToken)).body.refresh_token;
  const third = (await refresh(second)).body.refresh_token;
  const reuse = await refresh(user.refreshToken);
  expect(reuse.status).toBe(401);
  expect(reuse.body.error_id).toBe("REFRESH_TOKEN_INVALID");
  expect(reuse.headers.get("www-authenticate")).toBe('Bearer realm="footing"');
  expect((await storedOf(user.userId)).map(({ revoked }) => revoked)).toEqual([true, true, true]);
  expect((await refresh(third)).status).toBe(401);
});

test("ending one log-in leaves the user's others alone", async () => {
  const user = await t.register();
  const { email, password } = user;
  const other = (await t.request("/api/v1/auth/login", { json: { email, password } })).body.refresh_token;
  await refresh(user.refreshToken);
  await refresh(user.refreshToken);
  expect((await refresh(other)).status).toBe(200);
});

test("of many refreshes of one token at once exactly one succeeds, and the rest end the log-in", async () => {
  for (let round = 0; round < 3; round += 1) {
    const user = await t.register();
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(user.refreshToken)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(7).fill(401)]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await refresh(winner?.body.refresh_token)).status).toBe(401);
  }
});

test("a refresh that runs into the revocation of its log-in does not outlive it", async () => {
  for (let round = 0; round < 6; round += 1) {
    const user = await t.register();
    const current = (await refresh(user.refreshToken)).body.refresh_token;
    const [rotated] = await Promise.all([refresh(current), refresh(user.refreshToken), logout(current)]);
    if (rotated.status === 200) expect((await refresh(rotated.body.refresh_token)).status).toBe(401);
    else expect(rotated.status).toBe(401);
  }
});

test("log-out ends the log-in whichever of its tokens is shown, and says so again and again", async () => {
  const user = await t.register();
  const current = (await refresh(user.refreshToken)).body.refresh_token;
  for (const token of [user.refreshToken, current, current, "unknown"]) {
    const answer = await logout(token);
    expect([answer.status, answer.body]).toEqual([204, ""]);
  }
  expect((await refresh(current)).status).toBe(401);
});

test("a token that has expired, or was never given, is refused and ends nothing", async () => {
  const user = await t.register();
  expect((await refresh("A".repeat(43))).body.error_id).toBe("REFRESH_TOKEN_INVALID");
  const ttlMs = t.deps.config.auth.refreshTokenTtlSeconds * 1000;
  try {
    t.clock.current = new Date(Date.now() + ttlMs + 1_000);
    expect((await refresh(user.refreshToken)).body.error_id).toBe("REFRESH_TOKEN_INVALID");
    expect((await storedOf(user.userId)).map(({ revoked }) => revoked)).toEqual([false]);
    t.clock.current = new Date(Date.now() + ttlMs - 60_000);
    expect((await refresh(user.refreshToken)).status).toBe(200);
  } finally {
    t.clock.current = null;
  }
});

test("tokens of a log-in that have expired are forgotten as it goes on", async () => {
  const user = await t.register();
  const start = Date.now();
  const ttlMs = t.deps.config.auth.refreshTokenTtlSeconds * 1000;
  try {
    let token = user.refreshToken;
    for (let step = 1; step <= 6; step += 1) {
      t.clock.current = new Date(start + step * 0.4 * ttlMs);
      const { status, body } = await refresh(token);
      expect(status).toBe(200);
      token = body.refresh_token;
      expect((await storedOf(user.userId)).length).toBeLessThanOrEqual(4);
    }
  } finally {
    t.clock.current = null;
  }
});
