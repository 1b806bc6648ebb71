import { afterAll, describe, expect, test } from "bun:test";
import { type Role, roles } from "../../../src/modules/access/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { makeBadTokens } from "./bad-tokens.ts";
import { outcomeOf, send, withoutIds } from "./expect-answer.ts";
import { listOperations, type Operation } from "./operations.ts";
import { createSampler, type SampleRequest, withQuery } from "./sampler.ts";
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
const editor = await t.register();
for (const [{ email }, role] of [
  [viewer, "viewer"],
  [editor, "editor"],
] as const) {
  await made(t.request(`${owner.book}/members`, { token: owner.token, json: { email, role } }));
}
const tokenOf: Readonly<Record<Role, string>> = { viewer: viewer.token, editor: editor.token, owner: owner.token };
const { control, ...badTokens } = await makeBadTokens(t, owner.token);
const revokedToken = await logInAndOut(owner);
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

/** What anybody may call; whatever else the API has asks who is there. */
const open = [
  "getError",
  "getHealth",
  "getLiveness",
  "getReadiness",
  "listErrors",
  "login",
  "logout",
  "refreshTokens",
  "register",
];

function createKey(user: Awaited<ReturnType<TestApp["register"]>>, scopes: readonly string[]) {
  return t.request(`${user.book}/api-keys`, { token: user.token, json: { name: "suite", scopes } });
}

/** An access token that is good in every way, apart from its session having ended. */
async function logInAndOut({ email, password }: Awaited<ReturnType<TestApp["register"]>>): Promise<string> {
  const { body } = await t.request("/api/v1/auth/login", { json: { email, password } });
  await t.request("/api/v1/auth/logout", { json: { refresh_token: body.refresh_token } });
  return body.access_token;
}

/** The request as it changes nothing: run dry where that can be asked for. */
function harmless(operation: Operation, request: SampleRequest): SampleRequest {
  const dry = operation.parameters.some(({ name }) => name === "dry_run");
  return dry ? { ...request, path: withQuery(request.path, "dry_run=true") } : request;
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
  for (const { authenticated, errorIds, ofBook, role, keyScopes } of operations) {
    expect(errorIds.includes("UNAUTHENTICATED")).toBe(authenticated);
    expect(role !== null).toBe(ofBook);
    const scoped = authenticated && keyScopes?.length !== 0;
    expect(errorIds.includes("SCOPE_INSUFFICIENT")).toBe(scoped);
  }
});

test("the document says what API keys may and people alone do, and what each role may", () => {
  const named = (chosen: readonly Operation[]) => new Set(chosen.map(({ path }) => path.split("/")[5]));
  const forOwners = operations.filter(({ role }) => role === "owner");
  expect(named(forOwners.filter(({ ofBook }) => ofBook))).toEqual(
    new Set([undefined, "invitations", "members", "api-keys", "period-closes"]),
  );
  expect(forOwners.every(({ keyScopes }) => keyScopes === null)).toBe(true);
  for (const { ofBook, method, role, keyScopes } of operations.filter(({ role: needed }) => needed !== "owner")) {
    if (!ofBook || keyScopes === null) continue;
    expect([role, ...keyScopes]).toEqual(method === "GET" ? ["viewer", "read"] : ["editor", "write"]);
  }
});

test("the tokens that are refused below differ from a good one in one thing each: without it, it is let in", async () => {
  expect((await t.request("/api/v1/auth/me", { token: control })).status).toBe(200);
  expect(Object.keys(badTokens).length).toBeGreaterThan(6);
});

describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  "%s",
  (_, operation) => {
    const sample = requestOf(operation, ownKnown);

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

    test("answers 401 to an access token that is wrong in any one way, or whose session has ended", async () => {
      for (const [fault, token] of Object.entries({ ...badTokens, "of a session that has ended": revokedToken })) {
        const answer = await send(t, sample, token);
        expect([fault, ...outcomeOf(answer)]).toEqual([fault, 401, "UNAUTHENTICATED"]);
        expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="footing", error="invalid_token"');
      }
    });

    const { keyScopes, role } = operation;
    const keyMayRead = keyScopes?.every((scope) => scope === "read") === true;
    test(`${keyMayRead ? "lets in" : "answers 403 to"} an API key that may only read`, async () => {
      const outcome = outcomeOf(await send(t, sample, readKey));
      if (keyMayRead) expect(outcome).not.toEqual([403, "SCOPE_INSUFFICIENT"]);
      else expect(outcome).toEqual([403, "SCOPE_INSUFFICIENT"]);
    });

    if (role === null) return;

    test(`answers 403 to a member whose role is less than ${role}, and to none of that role`, async () => {
      for (const less of roles.slice(0, roles.indexOf(role)))
        expect([less, ...outcomeOf(await send(t, sample, tokenOf[less]))]).toEqual([less, 403, "FORBIDDEN"]);
      const missing = requestOf(operation, { book_id: owner.bookId });
      const enough = await send(t, harmless(operation, missing), tokenOf[role]);
      expect([401, 403]).not.toContain(enough.status);
    });

    test("answers another user's book as one that does not exist", async () => {
      const foreign = await send(t, sample, stranger.token);
      const missing = await send(t, requestOf(operation, { ...ownKnown, book_id: missingId }), stranger.token);
      expect(outcomeOf(foreign)).toEqual([404, "NOT_FOUND"]);
      expect(withoutIds(foreign, [owner.bookId])).toEqual(withoutIds(missing, [missingId]));
    });

    test("answers an API key of the owner's other book as if this one did not exist", async () => {
      const expected = keyScopes === null ? [403, "SCOPE_INSUFFICIENT"] : [404, "NOT_FOUND"];
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
