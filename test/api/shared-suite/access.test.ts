import { afterAll, describe, expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { outcomeOf, send, withoutIds } from "./expect-answer.ts";
import { listOperations } from "./operations.ts";
import { createSampler } from "./sampler.ts";
import { listMakers, seedBook } from "./seed-book.ts";

const t = await createTestApp();
afterAll(() => t.close());

const operations = listOperations(t.app);
const sampler = createSampler(t);
const { requestOf } = sampler;
const missingId = "0198c2f5-7c1e-7d3a-9f59-000000000000";

const [owner, viewer, stranger, guest] = [
  await t.register(),
  await t.register(),
  await t.register(),
  await t.register(),
];
const viewerJoins = { email: viewer.email, role: "viewer" };
await made(t.request(`${owner.book}/members`, { token: owner.token, json: viewerJoins }));
const readKey = (await made(createKey(owner, ["read"]))).key as string;
const second = await made(t.request("/api/v1/books", { token: owner.token, json: { name: "Second" } }));
const otherBook = { ...owner, book: `/api/v1/books/${second.id}` };
const otherBooksKey = (await made(createKey(otherBook, ["read", "write"]))).key as string;
const ownKnown = { book_id: owner.bookId, user_id: owner.userId };
const theirs = await seedBook(t, {
  operations,
  sampler,
  token: stranger.token,
  known: { book_id: stranger.bookId, email: guest.email, code: "THEIRS", path: "Assets:Theirs" },
});

/** What people do and API keys never. */
const forPeople = /\/(?:members|api-keys)(?:\/|$)|^(?:renameBook|reopenPeriod)$/;

/** What anybody may call; whatever else the API has asks who is there. */
const open = ["getError", "getHealth", "listErrors", "login", "logout", "refreshTokens", "register"];

function createKey(user: Awaited<ReturnType<TestApp["register"]>>, scopes: readonly string[]) {
  return t.request(`${user.book}/api-keys`, { token: user.token, json: { name: "suite", scopes } });
}

async function made(answering: ReturnType<TestApp["request"]>) {
  const { status, body } = await answering;
  expect(status).toBe(201);
  return body;
}

test("every route asks who is there, apart from those that are listed here", () => {
  expect(
    operations
      .filter((operation) => !operation.authenticated)
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(open);
  const unguarded = operations.filter(({ authenticated, ofBook }) => ofBook && !authenticated);
  expect(unguarded).toEqual([]);
  for (const { authenticated, errorIds } of operations)
    expect(errorIds.includes("UNAUTHENTICATED")).toBe(authenticated);
});

describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  "%s",
  (_, operation) => {
    const sample = requestOf(operation, ownKnown);
    const writes = operation.method !== "GET";

    if (!operation.authenticated) {
      test("answers whoever asks, and does not look at a credential", async () => {
        const [plain, odd] = [await send(t, sample), await send(t, sample, "ftg_nonsense")];
        expect(outcomeOf(plain)[1]).not.toBe("UNAUTHENTICATED");
        expect(outcomeOf(odd)[1]).not.toBe("UNAUTHENTICATED");
      });
      return;
    }

    test("answers 401 without a credential, and to one that is not valid", async () => {
      for (const token of [undefined, "nonsense", `ftg_${"A".repeat(43)}`, `${owner.token.slice(0, -2)}xx`]) {
        expect(outcomeOf(await send(t, sample, token))).toEqual([401, "UNAUTHENTICATED"]);
      }
      const basic = { ...sample.options, headers: { Authorization: "Basic dXNlcjpwYXNz" } };
      expect(outcomeOf(await send(t, { ...sample, options: basic }))).toEqual([401, "UNAUTHENTICATED"]);
    });

    if (writes) {
      test("answers 403 to an API key that may only read", async () => {
        expect(outcomeOf(await send(t, sample, readKey))).toEqual([403, "SCOPE_INSUFFICIENT"]);
      });
    }

    if (!operation.ofBook) return;

    if (writes) {
      test("answers 403 to a viewer", async () => {
        expect(outcomeOf(await send(t, sample, viewer.token))).toEqual([403, "FORBIDDEN"]);
      });
    }

    test("answers another user's book as one that does not exist", async () => {
      const foreign = await send(t, sample, stranger.token);
      const missing = await send(t, requestOf(operation, { ...ownKnown, book_id: missingId }), stranger.token);
      expect(outcomeOf(foreign)).toEqual([404, "NOT_FOUND"]);
      expect(withoutIds(foreign, [owner.bookId])).toEqual(withoutIds(missing, [missingId]));
    });

    test("answers an API key of the owner's other book as if this one did not exist", async () => {
      const closed = forPeople.test(operation.path) || forPeople.test(operation.id);
      const expected = closed ? [403, "SCOPE_INSUFFICIENT"] : [404, "NOT_FOUND"];
      expect(outcomeOf(await send(t, sample, otherBooksKey))).toEqual(expected as [number, string]);
    });

    const named = listMakers(operations).map(({ name }) => name);
    for (const name of named.filter((candidate) => operation.path.includes(`{${candidate}}`))) {
      test(`answers another book's ${name} as one that does not exist`, async () => {
        const [theirId = "", noId] = [theirs[name], name === "code" ? "NOBODY" : missingId];
        const foreign = await send(t, requestOf(operation, { ...ownKnown, [name]: theirId }), owner.token);
        const missing = await send(t, requestOf(operation, { ...ownKnown, [name]: noId }), owner.token);
        expect(outcomeOf(foreign)).toEqual([404, "NOT_FOUND"]);
        expect(withoutIds(foreign, [theirId])).toEqual(withoutIds(missing, [noId]));
      });
    }
  },
);

test("what the stranger has was neither changed nor deleted by any of it", async () => {
  for (const { name } of listMakers(operations)) {
    const read = operations.find(({ method, path }) => method === "GET" && path.endsWith(`/{${name}}`));
    if (read === undefined) continue;
    expect((await send(t, requestOf(read, theirs), stranger.token)).status).toBe(200);
  }
});
