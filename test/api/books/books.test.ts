import { afterAll, beforeAll, expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.close());

const outcome = ({ status, body }: { status: number; body: { error_id?: string } }) => [status, body.error_id];
const missing = "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10";

test("a new book belongs to whoever opened it, and shows up in their list alone", async () => {
  const [user, stranger] = [await t.register(), await t.register()];
  const { status, body } = await t.request("/api/v1/books", {
    token: user.token,
    json: { name: "Firma Müller & Söhne" },
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({ name: "Firma Müller & Söhne", role: "owner" });
  expect((await t.request(`/api/v1/books/${body.id}`, { token: user.token })).body).toEqual(body);
  const mine = await t.request("/api/v1/books", { token: user.token });
  expect(mine.body.items.map((book: { id: string }) => book.id)).toEqual([user.bookId, body.id]);
  const theirs = await t.request("/api/v1/books", { token: stranger.token });
  expect(theirs.body.items.map((book: { id: string }) => book.id)).toEqual([stranger.bookId]);
});

test("opening a book refuses an idempotency key, which there is no book yet to keep in", async () => {
  const user = await t.register();
  const headers = { "Idempotency-Key": "a-book" };
  const { status, body } = await t.request("/api/v1/books", { token: user.token, json: { name: "Twice" }, headers });
  expect([status, body.errors[0].pointer]).toEqual([400, "/headers/idempotency-key"]);
});

test("a book's owner renames it", async () => {
  const user = await t.register();
  const renamed = await t.request(user.book, { method: "PATCH", token: user.token, json: { name: "Household" } });
  expect(renamed.status).toBe(200);
  expect(renamed.body).toMatchObject({ id: user.bookId, name: "Household", role: "owner" });
  expect((await t.request(user.book, { token: user.token })).body).toEqual(renamed.body);
});

test("pages of books cover each once, oldest first, and a cursor is its user's alone", async () => {
  const [user, stranger] = [await t.register(), await t.register()];
  const ids = [user.bookId];
  for (let index = 0; index < 4; index += 1) {
    ids.push((await t.request("/api/v1/books", { token: user.token, json: { name: `Book ${index}` } })).body.id);
  }
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${cursor}`;
    const { status, body } = await t.request(`/api/v1/books?limit=2${query}`, { token: user.token });
    expect(status).toBe(200);
    seen.push(...body.items.map((book: { id: string }) => book.id));
    cursor = body.next_cursor;
    if (cursor !== null) {
      const foreign = await t.request(`/api/v1/books?cursor=${cursor}`, { token: stranger.token });
      expect(outcome(foreign)).toEqual([400, "VALIDATION_FAILED"]);
    }
  } while (cursor !== null);
  expect(seen).toEqual(ids);
});

test("another user's book answers exactly as one that does not exist, on every route", async () => {
  const [owner, stranger] = [await t.register(), await t.register()];
  const routes: [string, string, unknown?][] = [
    ["GET", ""],
    ["PATCH", "", { name: "Mine now" }],
    ["GET", "/members"],
    ["POST", "/members", { email: stranger.email, role: "owner" }],
    ["PATCH", `/members/${owner.userId}`, { role: "viewer" }],
    ["DELETE", `/members/${owner.userId}`],
    ["DELETE", `/members/${stranger.userId}`],
    ["GET", "/api-keys"],
    ["POST", "/api-keys", { name: "mine", scopes: ["read"] }],
    ["DELETE", `/api-keys/${missing}`],
    ["GET", "/commodities"],
    ["POST", "/commodities", { code: "ACME", places: 2 }],
  ];
  for (const [method, path, json] of routes) {
    const answerFor = async (bookId: string) => {
      const answer = await t.request(`/api/v1/books/${bookId}${path}`, { method, token: stranger.token, json });
      const { request_id: _r, trace_id: _t, instance, ...rest } = answer.body;
      const headers = [...answer.headers.keys()].toSorted();
      return { status: answer.status, headers, instance: instance.replace(bookId, "…"), ...rest };
    };
    const theirs = await answerFor(owner.bookId);
    expect(theirs).toMatchObject({ status: 404, error_id: "NOT_FOUND" });
    expect(theirs).toEqual(await answerFor(missing));
  }
  expect((await t.request(owner.book, { token: owner.token })).body.name).toBe("Personal");
});

test("the case of a book's id does not matter", async () => {
  const user = await t.register();
  const upper = `/api/v1/books/${user.bookId.toUpperCase()}`;
  expect((await t.request(upper, { token: user.token })).body.id).toBe(user.bookId);
  const created = await t.request(`${upper}/api-keys`, { token: user.token, json: { name: "k", scopes: ["read"] } });
  expect(created.status).toBe(201);
  expect((await t.request(upper, { token: created.body.key })).body.id).toBe(user.bookId);
  expect((await t.request(`${upper}/commodities`, { token: created.body.key })).status).toBe(200);
  const members = await t.request(`${upper}/members?limit=1`, { token: user.token });
  expect(members.body.items[0].user_id).toBe(user.userId);
});

test("an id that is no UUID is a 400 before any database is asked", async () => {
  const user = await t.register();
  const offline = await createTestApp({ databaseUrl: () => "postgres://nobody@127.0.0.1:1/none" });
  const get = (path: string) => offline.request(`/api/v1/books/${path}`, { token: user.token });
  try {
    for (const path of ["", "/members", "/api-keys"]) {
      for (const id of ["1", "not-a-uuid", `${user.bookId}0`, "%27%3B--", "null"]) {
        const answer = await get(id + path);
        expect([id, ...outcome(answer)]).toEqual([id, 400, "VALIDATION_FAILED"]);
        expect(answer.body.errors[0].pointer).toBe("/params/book_id");
      }
      expect(outcome(await get(user.bookId + path))).toEqual([503, "DATABASE_UNAVAILABLE"]);
    }
  } finally {
    await offline.close();
  }
});

test("a bad body is a 400 whether or not the book may be seen, and without a credential it is a 401", async () => {
  const [owner, stranger] = [await t.register(), await t.register()];
  for (const json of [{}, { name: "" }, { name: "a".repeat(201) }, { name: "A", role: "owner" }, { name: "a\nb" }]) {
    for (const token of [owner.token, stranger.token]) {
      expect(outcome(await t.request(owner.book, { method: "PATCH", token, json }))).toEqual([
        400,
        "VALIDATION_FAILED",
      ]);
    }
    expect(outcome(await t.request(owner.book, { method: "PATCH", json }))).toEqual([401, "UNAUTHENTICATED"]);
    expect(outcome(await t.request("/api/v1/books", { json }))).toEqual([401, "UNAUTHENTICATED"]);
  }
});
