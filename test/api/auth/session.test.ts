import { afterAll, beforeAll, expect, test } from "bun:test";
import { withTx } from "../../../src/foundation/db/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.close());

const password = "correct horse battery staple";
const auth = (path: string, json: unknown) => t.request(`/api/v1/auth/${path}`, { json });
const me = (token: string | undefined) => t.request("/api/v1/auth/me", { token });

test("registering makes a user, a first book that it owns, and tokens that work", async () => {
  const { status, body } = await auth("register", { email: "Ada.Lovelace@Example.COM", password, name: "Ada" });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    user: { email: "ada.lovelace@example.com", name: "Ada" },
    book: { name: "Personal", role: "owner" },
    token_type: "Bearer",
    expires_in: t.deps.config.auth.accessTokenTtlSeconds,
  });
  const profile = await me(body.access_token);
  expect(profile.status).toBe(200);
  expect(profile.body).toEqual({ user: body.user, books: [body.book], api_key: null });
  expect((await auth("refresh", { refresh_token: body.refresh_token })).status).toBe(200);
});

test("an address is one user's, whatever its case, and a refused registration leaves nothing behind", async () => {
  expect((await auth("register", { email: "grace@example.com", password })).status).toBe(201);
  const before = await counts();
  const again = await auth("register", { email: "GRACE@example.com", password });
  expect(again.status).toBe(409);
  expect(again.body.error_id).toBe("EMAIL_TAKEN");
  expect(await counts()).toEqual(before);
});

test("of many registrations of one address at once exactly one succeeds", async () => {
  const before = await counts();
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => auth("register", { email: "race@example.com", password })),
  );
  expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
  const after = await counts();
  expect([after.users - before.users, after.books - before.books]).toEqual([1, 1]);
});

test("registration refuses what is no address, what is too weak a password, and unknown fields, all at once", async () => {
  const { status, body } = await auth("register", { email: "nobody", password: "short", admin: true });
  expect(status).toBe(400);
  expect(body.error_id).toBe("VALIDATION_FAILED");
  expect(body.errors.map((fault: { pointer: string }) => fault.pointer).toSorted()).toEqual([
    "/admin",
    "/email",
    "/password",
  ]);
  const valid = { email: "new@example.com", password };
  const refused: [string, object][] = [
    ["/email", { email: `${"a".repeat(243)}@example.com` }],
    ["/email", { email: " new@example.com" }],
    ["/email", { email: "new@example" }],
    ["/email", { email: null }],
    ["/password", { password: "a".repeat(11) }],
    ["/password", { password: "a".repeat(257) }],
    ["/name", { name: "" }],
    ["/name", { name: " Ada" }],
    ["/name", { name: "A\u0007da" }],
  ];
  for (const [pointer, change] of refused) {
    const answer = await auth("register", { ...valid, ...change });
    expect([change, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([change, 400, pointer]);
  }
});

test("log-in takes the address in any case and gives a session of its own", async () => {
  const user = await t.register();
  const { status, body } = await auth("login", { email: user.email.toUpperCase(), password: user.password });
  expect(status).toBe(200);
  expect(body.user.id).toBe(user.userId);
  expect(Object.keys(body).toSorted()).toEqual(["access_token", "expires_in", "refresh_token", "token_type", "user"]);
  expect((await me(body.access_token)).body.user.id).toBe(user.userId);
  expect((await auth("logout", { refresh_token: body.refresh_token })).status).toBe(204);
  expect((await auth("refresh", { refresh_token: user.refreshToken })).status).toBe(200);
});

test("a wrong password and an unknown address get one and the same answer", async () => {
  const user = await t.register();
  const wrong = await auth("login", { email: user.email, password: "wrong horse battery staple" });
  const unknown = await auth("login", { email: "unknown@example.com", password: user.password });
  const told = ({ status, headers, body }: typeof wrong) => {
    const { request_id: _r, trace_id: _t, ...rest } = body;
    return { status, challenge: headers.get("www-authenticate"), rest };
  };
  expect(told(wrong)).toEqual(told(unknown));
  expect(wrong.status).toBe(401);
  expect(wrong.body.error_id).toBe("CREDENTIALS_INVALID");
  expect(wrong.headers.get("www-authenticate")).toBe('Bearer realm="footing"');
});

test("neither passwords nor tokens reach the log", async () => {
  const user = await t.register();
  await auth("login", { email: user.email, password: "wrong horse battery staple" });
  await auth("refresh", { refresh_token: user.refreshToken });
  await auth("refresh", { refresh_token: user.refreshToken });
  await me(user.token);
  const log = t.logLines.join("\n");
  expect(log).toContain("a refresh token was used twice");
  for (const secret of [user.password, user.token, user.refreshToken, "wrong horse"]) expect(log).not.toContain(secret);
});

test("an access token ends with its lifetime", async () => {
  const user = await t.register();
  const now = Date.now();
  try {
    t.clock.current = new Date(now + (t.deps.config.auth.accessTokenTtlSeconds - 60) * 1000);
    expect((await me(user.token)).status).toBe(200);
    t.clock.current = new Date(now + (t.deps.config.auth.accessTokenTtlSeconds + 60) * 1000);
    const expired = await me(user.token);
    expect(expired.status).toBe(401);
    expect(expired.body.error_id).toBe("UNAUTHENTICATED");
    expect(expired.headers.get("www-authenticate")).toBe('Bearer realm="footing", error="invalid_token"');
  } finally {
    t.clock.current = null;
  }
});

test("a request without a bearer credential is told the scheme, and one with a bad one that it is bad", async () => {
  const challengeOf = async (headers: Record<string, string>) => {
    const { status, headers: answered } = await t.request("/api/v1/auth/me", { headers });
    return [status, answered.get("www-authenticate")];
  };
  expect(await challengeOf({})).toEqual([401, 'Bearer realm="footing"']);
  expect(await challengeOf({ Authorization: "Basic dXNlcjpwYXNz" })).toEqual([401, 'Bearer realm="footing"']);
  for (const credential of ["Bearer", "Bearer a b", "Bearer abc", "Bearer ftg_short", `Bearer ftg_${"A".repeat(43)}`]) {
    expect(await challengeOf({ Authorization: credential })).toEqual([
      401,
      'Bearer realm="footing", error="invalid_token"',
    ]);
  }
});

async function counts(): Promise<{ users: number; books: number }> {
  const [row] = await withTx(
    t.db,
    { settings: {} },
    (tx) => tx.sql<{ users: number; books: number }>`
      select (select count(*)::int from identity.users) as users, (select count(*)::int from identity.books) as books`,
    { readOnly: true },
  );
  return row ?? { users: -1, books: -1 };
}
