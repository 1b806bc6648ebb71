import { afterAll, beforeAll, expect, test } from "bun:test";
import { withTx } from "../../../src/foundation/db/index.ts";
import { createKeyUsage, flushKeyUsage } from "../../../src/modules/auth/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.close());

type User = Awaited<ReturnType<TestApp["register"]>>;

async function makeKey(owner: User, options: { scopes?: string[]; expires_at?: string } = {}) {
  const { status, body } = await t.request(`${owner.book}/api-keys`, {
    token: owner.token,
    json: { name: "test", scopes: ["read", "write"], ...options },
  });
  expect(status).toBe(201);
  return body as { id: string; key: string };
}

const me = (token: string) => t.request("/api/v1/auth/me", { token });
const outcome = ({ status, body }: { status: number; body: { error_id?: string } }) => [status, body.error_id];

/** A read and a write of the book's entries, as far as authorisation lets them; a write gets to its first rule. */
async function access(book: string, token: string) {
  const read = await t.request(`${book}/commodities`, { token });
  const write = await t.request(`${book}/commodities`, { token, json: { code: "USD", places: 2 } });
  return { read: outcome(read), write: outcome(write) };
}
const mayRead = [200, undefined];
const mayWrite = [409, "COMMODITY_EXISTS"];
const lacksScope = [403, "SCOPE_INSUFFICIENT"];
const notFound = [404, "NOT_FOUND"];

test("a key acts as its user in its one book, and /auth/me says what it is", async () => {
  const owner = await t.register();
  const second = await t.request("/api/v1/books", { token: owner.token, json: { name: "Second" } });
  const { id, key } = await makeKey(owner);
  const profile = await me(key);
  expect(profile.status).toBe(200);
  expect(profile.body.user.id).toBe(owner.userId);
  expect(profile.body.books.map((book: { id: string }) => book.id)).toEqual([owner.bookId]);
  expect(profile.body.api_key).toEqual({ id, name: "test", scopes: ["read", "write"], book_id: owner.bookId });
  const books = await t.request("/api/v1/books", { token: key });
  expect(books.body.items.map((book: { id: string }) => book.id)).toEqual([owner.bookId]);
  expect(await access(owner.book, key)).toEqual({ read: mayRead, write: mayWrite });
  expect(await access(`/api/v1/books/${second.body.id}`, key)).toEqual({ read: notFound, write: notFound });
});

test("a key reads only with the scope read and writes only with the scope write", async () => {
  const owner = await t.register();
  const reader = await makeKey(owner, { scopes: ["read"] });
  const writer = await makeKey(owner, { scopes: ["write"] });
  expect(await access(owner.book, reader.key)).toEqual({ read: mayRead, write: lacksScope });
  expect(await access(owner.book, writer.key)).toEqual({ read: lacksScope, write: mayWrite });
  expect(outcome(await t.request("/api/v1/books", { token: writer.key }))).toEqual(lacksScope);
  const refused = await t.request(`${owner.book}/commodities`, { token: reader.key, json: { code: "USD", places: 2 } });
  expect(refused.headers.get("www-authenticate")).toBe(
    'Bearer realm="footing", error="insufficient_scope", scope="write"',
  );
});

test("no key manages books, members or keys, its own book's included, and none of it is done", async () => {
  const owner = await t.register();
  const other = await t.register();
  const { id, key } = await makeKey(owner);
  const attempts: [string, string, unknown?][] = [
    ["POST", "/api/v1/books", { name: "More" }],
    ["PATCH", owner.book, { name: "Renamed" }],
    ["GET", `${owner.book}/members`],
    ["POST", `${owner.book}/members`, { email: other.email, role: "viewer" }],
    ["PATCH", `${owner.book}/members/${owner.userId}`, { role: "viewer" }],
    ["DELETE", `${owner.book}/members/${owner.userId}`],
    ["GET", `${owner.book}/api-keys`],
    ["POST", `${owner.book}/api-keys`, { name: "more", scopes: ["read"] }],
    ["DELETE", `${owner.book}/api-keys/${id}`],
  ];
  for (const [method, path, json] of attempts) {
    const answer = await t.request(path, { method, token: key, json });
    expect([method, path, ...outcome(answer)]).toEqual([method, path, ...lacksScope]);
  }
  const { body } = await me(owner.token);
  expect(body.books.map((book: { name: string; role: string }) => [book.name, book.role])).toEqual([
    ["Personal", "owner"],
  ]);
  const members = await t.request(`${owner.book}/members`, { token: owner.token });
  expect(members.body.items.length).toBe(1);
  expect((await me(key)).status).toBe(200);
});

test("a revoked, an expired and an unknown key get one and the same answer", async () => {
  const owner = await t.register();
  const revoked = await makeKey(owner);
  await t.request(`${owner.book}/api-keys/${revoked.id}`, { method: "DELETE", token: owner.token });
  const now = Date.now();
  const expired = await makeKey(owner, { expires_at: new Date(now + 60_000).toISOString() });
  expect((await me(expired.key)).status).toBe(200);
  try {
    t.clock.current = new Date(now + 60_000);
    for (const key of [revoked.key, expired.key, `ftg_${"A".repeat(43)}`]) {
      const { status, headers, body } = await me(key);
      expect([status, body.error_id, body.detail]).toEqual([
        401,
        "UNAUTHENTICATED",
        "The access token or API key is not valid.",
      ]);
      expect(headers.get("www-authenticate")).toBe('Bearer realm="footing", error="invalid_token"');
    }
  } finally {
    t.clock.current = null;
  }
});

test("a key has no more than its user's role at the time of use, and ends with the membership for good", async () => {
  const owner = await t.register();
  const other = await t.register();
  const member = `${owner.book}/members/${other.userId}`;
  const add = () =>
    t.request(`${owner.book}/members`, { token: owner.token, json: { email: other.email, role: "owner" } });
  expect((await add()).status).toBe(201);
  const { key } = await makeKey({ ...owner, token: other.token });
  expect(await access(owner.book, key)).toEqual({ read: mayRead, write: mayWrite });
  await t.request(member, { method: "PATCH", token: owner.token, json: { role: "viewer" } });
  expect(await access(owner.book, key)).toEqual({ read: mayRead, write: [403, "FORBIDDEN"] });
  expect((await t.request(member, { method: "DELETE", token: owner.token })).status).toBe(204);
  const unauthenticated = [401, "UNAUTHENTICATED"];
  expect(await access(owner.book, key)).toEqual({ read: unauthenticated, write: unauthenticated });
  expect((await add()).status).toBe(201);
  expect(await access(owner.book, key)).toEqual({ read: unauthenticated, write: unauthenticated });
});

test("requests do not write when a key was used; a flush does, with the latest use, and then has nothing to do", async () => {
  const owner = await t.register();
  const [used, unused] = [await makeKey(owner), await makeKey(owner)];
  const lastUsed = async () => {
    const { body } = await t.request(`${owner.book}/api-keys`, { token: owner.token });
    const items = body.items as { id: string; last_used_at: string | null }[];
    return [used.id, unused.id].map((id) => items.find((item) => item.id === id)?.last_used_at);
  };
  const start = Math.floor(Date.now() / 1000) * 1000;
  const at = (seconds: number) => new Date(start + seconds * 1000);
  try {
    for (const seconds of [1, 3, 2]) {
      t.clock.current = at(seconds);
      expect((await me(used.key)).status).toBe(200);
    }
    t.clock.current = null;
    expect(await lastUsed()).toEqual([null, null]);
    await flushKeyUsage(t.deps);
    expect(await lastUsed()).toEqual([at(3).toISOString(), null]);
    t.clock.current = at(2);
    await me(used.key);
    t.clock.current = null;
    await flushKeyUsage(t.deps);
    expect(await lastUsed()).toEqual([at(3).toISOString(), null]);
  } finally {
    t.clock.current = null;
  }
});

test("a flush with nothing to write asks for no connection, and one that fails keeps what it had", async () => {
  const owner = await t.register();
  const { id } = await makeKey(owner);
  const usage = createKeyUsage();
  const broken = { ...t.db, settings: { ...t.db.settings, lockTimeoutMs: 2 ** 31 } };
  await usage.flush(broken);
  const usedAt = new Date("2026-05-01T10:00:00.000Z");
  usage.record(id, usedAt);
  await expect(usage.flush(broken)).rejects.toThrow();
  await usage.flush(t.db);
  const rows = await withTx(
    t.db,
    { settings: {} },
    (tx) => tx.sql`select last_used_at from identity.api_keys where id = ${id}`,
    { readOnly: true },
  );
  expect(rows).toEqual([{ last_used_at: usedAt }]);
});

test("the recorder holds a bounded number of keys", async () => {
  const usage = createKeyUsage();
  const usedAt = new Date("2026-05-01T10:00:00.000Z");
  const owner = await t.register();
  const { id } = await makeKey(owner);
  usage.record(id, usedAt);
  for (let index = 0; index < 10_000; index += 1) usage.record(crypto.randomUUID(), usedAt);
  await usage.flush(t.db);
  const { body } = await t.request(`${owner.book}/api-keys`, { token: owner.token });
  expect(body.items.map((item: { last_used_at: string | null }) => item.last_used_at)).toEqual([null]);
});
