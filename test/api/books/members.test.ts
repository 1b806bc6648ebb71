import { afterAll, beforeAll, expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.close());

type User = Awaited<ReturnType<TestApp["register"]>>;
type Role = "owner" | "editor" | "viewer";

const outcome = ({ status, body }: { status: number; body: { error_id?: string } }) => [status, body.error_id];
const missing = "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10";

const add = (owner: User, user: User, role: Role) =>
  t.request(`${owner.book}/members`, { token: owner.token, json: { email: user.email, role } });
const change = (by: User, book: string, user: User, role: Role) =>
  t.request(`${book}/members/${user.userId}`, { method: "PATCH", token: by.token, json: { role } });
const remove = (by: User, book: string, user: User) =>
  t.request(`${book}/members/${user.userId}`, { method: "DELETE", token: by.token });

/** Each member's role, by user id, as the database has it. */
async function rolesOf(owner: User): Promise<Record<string, Role>> {
  const { body } = await t.request(`${owner.book}/members`, { token: owner.token });
  return Object.fromEntries(body.items.map((m: { user_id: string; role: Role }) => [m.user_id, m.role]));
}

/** A book with a member of each role. */
async function shared() {
  const [owner, editor, viewer] = [await t.register(), await t.register(), await t.register()];
  await add(owner, editor, "editor");
  await add(owner, viewer, "viewer");
  return { owner, editor, viewer };
}

test("an owner shares a book by address, and the new member sees it with the role given", async () => {
  const [owner, user] = [await t.register(), await t.register()];
  const { status, body } = await t.request(`${owner.book}/members`, {
    token: owner.token,
    json: { email: user.email.toUpperCase(), role: "editor" },
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({ user_id: user.userId, email: user.email, name: null, role: "editor" });
  const books = await t.request("/api/v1/books", { token: user.token });
  expect(books.body.items.map((b: { id: string; role: Role }) => [b.id, b.role])).toContainEqual([
    owner.bookId,
    "editor",
  ]);
  expect((await change(owner, owner.book, user, "viewer")).body).toEqual({ ...body, role: "viewer" });
  expect(await rolesOf(owner)).toEqual({ [owner.userId]: "owner", [user.userId]: "viewer" });
});

test("an address nobody registered is a 404 that says so, and a member cannot be added twice", async () => {
  const { owner, editor } = await shared();
  const unknown = await t.request(`${owner.book}/members`, {
    token: owner.token,
    json: { email: "nobody@example.com", role: "viewer" },
  });
  expect([...outcome(unknown), unknown.body.detail]).toEqual([
    404,
    "NOT_FOUND",
    "No user is registered with this email address.",
  ]);
  expect(outcome(await add(owner, editor, "viewer"))).toEqual([409, "MEMBER_EXISTS"]);
  expect((await rolesOf(owner))[editor.userId]).toBe("editor");
  const badRole = await t.request(`${owner.book}/members`, {
    token: owner.token,
    json: { email: editor.email, role: "admin" },
  });
  expect(outcome(badRole)).toEqual([400, "VALIDATION_FAILED"]);
});

test("each role may do what it is for and nothing beyond", async () => {
  const { owner, editor, viewer } = await shared();
  const extra = await t.register();
  const attempts: Record<string, (by: User) => Promise<{ status: number; body: { error_id?: string } }>> = {
    "read the book": (by) => t.request(owner.book, { token: by.token }),
    "read members": (by) => t.request(`${owner.book}/members`, { token: by.token }),
    "read the ledger": (by) => t.request(`${owner.book}/commodities`, { token: by.token }),
    "write the ledger": (by) =>
      t.request(`${owner.book}/commodities`, { token: by.token, json: { code: "USD", places: 2 } }),
    rename: (by) => t.request(owner.book, { method: "PATCH", token: by.token, json: { name: "Renamed" } }),
    "add a member": (by) =>
      t.request(`${owner.book}/members`, { token: by.token, json: { email: extra.email, role: "viewer" } }),
    "change a role": (by) => change(by, owner.book, viewer, "viewer"),
    "remove another": (by) => remove(by, owner.book, extra),
    "list keys": (by) => t.request(`${owner.book}/api-keys`, { token: by.token }),
    "make a key": (by) =>
      t.request(`${owner.book}/api-keys`, { token: by.token, json: { name: "k", scopes: ["read"] } }),
    "revoke a key": (by) => t.request(`${owner.book}/api-keys/${missing}`, { method: "DELETE", token: by.token }),
  };
  const no = "403 FORBIDDEN";
  const usd = "409 COMMODITY_EXISTS";
  const gone = "404 NOT_FOUND";
  const expected = {
    "read the book": ["200", "200", "200"],
    "read members": ["200", "200", "200"],
    "read the ledger": ["200", "200", "200"],
    "write the ledger": [no, usd, usd],
    rename: [no, no, "200"],
    "add a member": [no, no, "201"],
    "change a role": [no, no, "200"],
    "remove another": [no, no, "204"],
    "list keys": [no, no, "200"],
    "make a key": [no, no, "201"],
    "revoke a key": [no, no, gone],
  };
  const seen: Record<string, string[]> = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    seen[name] = [];
    for (const by of [viewer, editor, owner])
      seen[name].push(
        outcome(await attempt(by))
          .filter(Boolean)
          .join(" "),
      );
  }
  expect(seen).toEqual(expected);
});

test("a member of any role may leave, and then sees nothing of the book", async () => {
  const { owner, editor, viewer } = await shared();
  for (const member of [editor, viewer]) {
    expect((await remove(member, owner.book, member)).status).toBe(204);
    expect(outcome(await t.request(owner.book, { token: member.token }))).toEqual([404, "NOT_FOUND"]);
    expect(outcome(await remove(member, owner.book, member))).toEqual([404, "NOT_FOUND"]);
  }
  expect(await rolesOf(owner)).toEqual({ [owner.userId]: "owner" });
});

test("leaving works whatever the case of one's own id", async () => {
  const { owner, viewer } = await shared();
  const path = `${owner.book}/members/${viewer.userId.toUpperCase()}`;
  expect((await t.request(path, { method: "DELETE", token: viewer.token })).status).toBe(204);
});

test("changing or removing who is no member is a 404", async () => {
  const [owner, stranger] = [await t.register(), await t.register()];
  expect(outcome(await change(owner, owner.book, stranger, "viewer"))).toEqual([404, "NOT_FOUND"]);
  expect(outcome(await remove(owner, owner.book, stranger))).toEqual([404, "NOT_FOUND"]);
});

test("the last owner can neither leave nor be demoted, but can once there is another", async () => {
  const { owner, editor } = await shared();
  expect(outcome(await remove(owner, owner.book, owner))).toEqual([409, "LAST_OWNER"]);
  for (const role of ["editor", "viewer"] as const) {
    expect(outcome(await change(owner, owner.book, owner, role))).toEqual([409, "LAST_OWNER"]);
  }
  expect((await change(owner, owner.book, owner, "owner")).status).toBe(200);
  expect((await change(owner, owner.book, editor, "owner")).status).toBe(200);
  expect((await change(owner, owner.book, owner, "viewer")).status).toBe(200);
  expect(outcome(await remove(editor, owner.book, editor))).toEqual([409, "LAST_OWNER"]);
});

test("owners who leave or demote one another at once never leave a book without an owner", async () => {
  const owners = [await t.register(), await t.register(), await t.register()] as const;
  const [first, second, third] = owners;
  for (let round = 0; round < 20; round += 1) {
    const { book } = await openBook(first, [second, third]);
    const answers = await Promise.all([
      remove(first, book, first),
      change(second, book, third, "viewer"),
      round % 2 === 0 ? remove(third, book, second) : change(second, book, second, "editor"),
    ]);
    for (const answer of answers) {
      expect(["204", "200", "403 FORBIDDEN", "404 NOT_FOUND", "409 LAST_OWNER"]).toContain(
        outcome(answer).filter(Boolean).join(" "),
      );
    }
    const seen = await Promise.all(owners.map((by) => t.request(book, { token: by.token })));
    expect(seen.filter(({ body }) => body.role === "owner").length).toBeGreaterThanOrEqual(1);
  }
});

test("of two owners who demote each other at once exactly one succeeds", async () => {
  const [first, second] = [await t.register(), await t.register()];
  for (let round = 0; round < 20; round += 1) {
    const { book } = await openBook(first, [second]);
    const answers = await Promise.all([change(first, book, second, "viewer"), change(second, book, first, "viewer")]);
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
  }
});

/** A new book of `owner` with more owners. */
async function openBook(owner: User, others: readonly User[]): Promise<User> {
  const { body } = await t.request("/api/v1/books", { token: owner.token, json: { name: "Shared" } });
  const opened = { ...owner, bookId: body.id as string, book: `/api/v1/books/${body.id}` };
  for (const other of others) expect((await add(opened, other, "owner")).status).toBe(201);
  return opened;
}

test("pages of members cover each once", async () => {
  const { owner, editor, viewer } = await shared();
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${cursor}`;
    const { body } = await t.request(`${owner.book}/members?limit=1${query}`, { token: viewer.token });
    seen.push(...body.items.map((member: { user_id: string }) => member.user_id));
    cursor = body.next_cursor;
  } while (cursor !== null);
  expect(seen).toEqual([owner.userId, editor.userId, viewer.userId].toSorted());
});
