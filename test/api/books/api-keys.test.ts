import { afterAll, beforeAll, expect, test } from "bun:test";
import { withTx } from "../../../src/foundation/db/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.close());

type User = Awaited<ReturnType<TestApp["register"]>>;

const outcome = ({ status, body }: { status: number; body: { error_id?: string } }) => [status, body.error_id];
const make = (owner: User, json: object = {}) =>
  t.request(`${owner.book}/api-keys`, { token: owner.token, json: { name: "import", scopes: ["read"], ...json } });
const list = (owner: User) => t.request(`${owner.book}/api-keys`, { token: owner.token });
const revoke = (by: User, book: string, id: string) =>
  t.request(`${book}/api-keys/${id}`, { method: "DELETE", token: by.token });

test("a key is shown once: afterwards only its first characters and a digest exist", async () => {
  const owner = await t.register();
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const { status, body } = await make(owner, { scopes: ["write", "read"], expires_at: expiresAt });
  expect(status).toBe(201);
  const { key, ...shown } = body;
  expect(key).toMatch(/^ftg_[A-Za-z0-9_-]{43}$/);
  expect(shown).toMatchObject({
    name: "import",
    prefix: key.slice(0, 12),
    scopes: ["write", "read"],
    expires_at: expiresAt,
    last_used_at: null,
    revoked_at: null,
  });
  expect((await list(owner)).body).toEqual({ items: [shown], next_cursor: null });
  const [stored] = await withTx(
    t.db,
    { settings: {} },
    (tx) => tx.sql<{ row: string }>`select to_jsonb(k)::text as row from identity.api_keys k where id = ${shown.id}`,
    { readOnly: true },
  );
  expect(stored?.row).not.toContain(key.slice(12));
  expect(stored?.row).toContain(new Bun.CryptoHasher("sha256").update(key).digest("hex"));
  expect(t.logLines.join("\n")).not.toContain(key);
});

test("an expiry lies in the future, in any offset", async () => {
  const owner = await t.register();
  const now = new Date("2026-06-15T12:00:00.000Z");
  const answers: [string, number][] = [
    ["2026-06-15T12:00:00.001Z", 201],
    ["2026-06-15T11:30:00-01:00", 201],
    ["9999-12-31T23:59:59Z", 201],
    ["2026-06-15T12:00:00.000Z", 400],
    ["2026-06-15T12:30:00+01:00", 400],
    ["2026-06-15", 400],
    ["2026-06-15T13:00:00", 400],
    ["2026-02-30T13:00:00Z", 400],
    ["9999-12-31T23:59:59-23:59", 400],
    ["soon", 400],
  ];
  try {
    // The access token is of now, and so is the clock's day: only the keys' expiry is under test.
    const { email, password } = owner;
    t.clock.current = now;
    const { body } = await t.request("/api/v1/auth/login", { json: { email, password } });
    for (const [expires_at, expected] of answers) {
      const answer = await make({ ...owner, token: body.access_token }, { expires_at });
      expect([expires_at, answer.status]).toEqual([expires_at, expected]);
      if (expected === 400) expect(answer.body.errors[0].pointer).toBe("/expires_at");
      else expect(answer.body.expires_at).toBe(new Date(expires_at).toISOString());
    }
  } finally {
    t.clock.current = null;
  }
});

test("scopes are read and write, at least one, each once, and a name is one line", async () => {
  const owner = await t.register();
  for (const change of [
    { scopes: [] },
    { scopes: ["read", "read"] },
    { scopes: ["admin"] },
    { scopes: "read" },
    { name: "" },
    { name: "a".repeat(101) },
    { name: "two\nlines" },
    { book_id: owner.bookId },
  ]) {
    expect([change, ...outcome(await make(owner, change))]).toEqual([change, 400, "VALIDATION_FAILED"]);
  }
  expect((await list(owner)).body.items).toEqual([]);
});

test("revoking is for good, keeps its first date, and reaches no other book's keys", async () => {
  const [owner, other] = [await t.register(), await t.register()];
  const { id } = (await make(owner)).body;
  expect(outcome(await revoke(other, other.book, id))).toEqual([404, "NOT_FOUND"]);
  expect((await revoke(owner, owner.book, id)).status).toBe(204);
  const first = (await list(owner)).body.items[0].revoked_at;
  expect(first).not.toBeNull();
  expect((await revoke(owner, owner.book, id)).status).toBe(204);
  expect((await list(owner)).body.items[0].revoked_at).toBe(first);
});

test("a key made while its maker is being removed does not survive the removal", async () => {
  const [owner, other] = [await t.register(), await t.register()];
  const members = `${owner.book}/members`;
  for (let round = 0; round < 20; round += 1) {
    await t.request(members, { token: owner.token, json: { email: other.email, role: "owner" } });
    const [made, removed] = await Promise.all([
      make({ ...owner, token: other.token }),
      t.request(`${members}/${other.userId}`, { method: "DELETE", token: owner.token }),
    ]);
    expect(removed.status).toBe(204);
    expect(["201", "404 NOT_FOUND"]).toContain(outcome(made).filter(Boolean).join(" "));
    const { items } = (await list(owner)).body;
    expect(items.filter((key: { revoked_at: string | null }) => key.revoked_at === null)).toEqual([]);
  }
});

test("pages of keys cover each once, oldest first", async () => {
  const owner = await t.register();
  const ids: string[] = [];
  for (let index = 0; index < 3; index += 1) ids.push((await make(owner)).body.id);
  const first = await t.request(`${owner.book}/api-keys?limit=2`, { token: owner.token });
  const rest = await t.request(`${owner.book}/api-keys?limit=2&cursor=${first.body.next_cursor}`, {
    token: owner.token,
  });
  expect([...first.body.items, ...rest.body.items].map((key: { id: string }) => key.id)).toEqual(ids);
  expect(rest.body.next_cursor).toBeNull();
});
