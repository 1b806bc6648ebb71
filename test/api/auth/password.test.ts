import { afterAll, beforeAll, expect, test } from "bun:test";
import { createPasswordHasher } from "../../../src/foundation/auth/index.ts";
import { withTx } from "../../../src/foundation/db/index.ts";
import { logIn as beginSession, checkPassword, findCredentials } from "../../../src/modules/auth/service.ts";
import { type Answer, createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.close());

type User = Awaited<ReturnType<TestApp["register"]>>;

const outcome = ({ status, body }: Answer) => [status, body.error_id];
const auth = "/api/v1/auth";
const next = "another battery staple horse";
const me = (token: string) => t.request(`${auth}/me`, { token });
const logIn = (user: User, password = user.password) =>
  t.request(`${auth}/login`, { json: { email: user.email, password } });
const refresh = (token: string) => t.request(`${auth}/refresh`, { json: { refresh_token: token } });
const change = (user: User, fields: object = {}, token = user.token) =>
  t.request(`${auth}/password`, { token, json: { password: user.password, new_password: next, ...fields } });

async function makeKey(user: User): Promise<string> {
  const json = { name: "program", scopes: ["read"] };
  return (await t.request(`${user.book}/api-keys`, { token: user.token, json })).body.key;
}

test("a password is changed by who knows the present one: the old one is good no more, every other session has ended", async () => {
  const user = await t.register();
  const other = (await logIn(user)).body;
  const changed = await change(user);
  expect([changed.status, changed.body]).toEqual([204, ""]);
  expect((await me(user.token)).status).toBe(200);
  expect((await refresh(user.refreshToken)).status).toBe(200);
  expect(outcome(await me(other.access_token))).toEqual([401, "UNAUTHENTICATED"]);
  expect(outcome(await refresh(other.refresh_token))).toEqual([401, "REFRESH_TOKEN_INVALID"]);
  expect(outcome(await logIn(user))).toEqual([401, "CREDENTIALS_INVALID"]);
  expect((await logIn(user, next)).status).toBe(200);
});

test("a wrong present password is a 403 that changes nothing, and no reason to refresh a token", async () => {
  const user = await t.register();
  const other = (await logIn(user)).body;
  const wrong = await change(user, { password: "wrong horse battery staple" });
  expect(outcome(wrong)).toEqual([403, "PASSWORD_WRONG"]);
  expect(wrong.headers.get("www-authenticate")).toBeNull();
  expect((await me(other.access_token)).status).toBe(200);
  expect((await logIn(user)).status).toBe(200);
  expect((await logIn(user, next)).status).toBe(401);
});

test("a new password has the bounds of a first one, and it is not asked of the present one", async () => {
  const user = await t.register();
  const { status, body } = await change(user, { new_password: "short", password: "x" });
  expect([status, body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([400, ["/new_password"]]);
});

test("API keys outlive a change of password unless it says otherwise, and then end in every book", async () => {
  const [user, other] = [await t.register(), await t.register()];
  const second = (await t.request("/api/v1/books", { token: user.token, json: { name: "Second" } })).body.id;
  const keys = [await makeKey(user), await makeKey({ ...user, book: `/api/v1/books/${second}` })];
  const theirs = await makeKey(other);
  expect((await change(user)).status).toBe(204);
  for (const key of keys) expect((await me(key)).status).toBe(200);
  const again = await change(user, { password: next, new_password: user.password, revoke_api_keys: true });
  expect(again.status).toBe(204);
  for (const key of keys) expect(outcome(await me(key))).toEqual([401, "UNAUTHENTICATED"]);
  expect((await me(theirs)).status).toBe(200);
});

test("a log-in under way with the old password begins no session once the password has changed", async () => {
  const user = await t.register();
  const hasher = createPasswordHasher();
  const scope = { settings: {} };
  const of = { email: user.email, network: null, now: new Date() };
  const found = await withTx(t.db, scope, (tx) => findCredentials(tx, of), { readOnly: true });
  const login = await checkPassword(hasher, { found, password: user.password });
  expect((await change(user)).status).toBe(204);
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 60_000);
  const session = { id: t.deps.ids.uuid(), userAgent: null, network: null, expiresAt, now };
  const start = { session, refreshToken: { id: t.deps.ids.uuid(), tokenHash: "late", expiresAt, now } };
  const late = withTx(t.db, scope, (tx) => beginSession(tx, { login, start }));
  await expect(late).rejects.toMatchObject({ errorId: "CREDENTIALS_INVALID" });
  expect((await t.request(`${auth}/sessions`, { token: user.token })).body.items.length).toBe(1);
});

test("log-ins that race a change of password leave no session but those of the new one", async () => {
  for (let round = 0; round < 4; round += 1) {
    const user = await t.register();
    const racing = [logIn(user), logIn(user), logIn(user)];
    const changed = await change(user);
    expect(changed.status).toBe(204);
    for (const { status, body } of await Promise.all(racing)) {
      if (status === 200) expect(outcome(await me(body.access_token))).toEqual([401, "UNAUTHENTICATED"]);
      else expect([status, body.error_id]).toEqual([401, "CREDENTIALS_INVALID"]);
    }
    expect((await t.request(`${auth}/sessions`, { token: user.token })).body.items.length).toBe(1);
  }
});

test("of two changes from one present password at once exactly one succeeds", async () => {
  for (let round = 0; round < 4; round += 1) {
    const user = await t.register();
    const choices = ["first new horse battery", "second new horse battery"];
    const answers = await Promise.all(choices.map((new_password) => change(user, { new_password })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 403]);
    const winner = choices[answers.findIndex(({ status }) => status === 204)] ?? "";
    expect((await logIn(user, winner)).status).toBe(200);
  }
});

test("neither password reaches the log", async () => {
  const user = await t.register();
  await change(user);
  await change(user, { password: "wrong horse battery staple" });
  const log = t.logLines.join("\n");
  for (const secret of [user.password, next, "wrong horse"]) expect(log).not.toContain(secret);
});
