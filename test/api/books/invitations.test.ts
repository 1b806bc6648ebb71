import { afterAll, beforeAll, expect, test } from "bun:test";
import { withTx } from "../../../src/foundation/db/index.ts";
import { type Answer, createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
/** Of many tests, as making users takes a while: an owner with a book for each test, and two to invite. */
let owner: User;
let guest: User;
let other: User;
beforeAll(async () => {
  t = await createTestApp();
  [owner, guest, other] = [await t.register(), await t.register(), await t.register()];
});
afterAll(() => t.close());

type User = Awaited<ReturnType<TestApp["register"]>>;
type Role = "owner" | "editor" | "viewer";

const outcome = ({ status, body }: Answer) => [status, body.error_id];
const dayMs = 86_400_000;

async function openBook(by = owner): Promise<string> {
  const { body } = await t.request("/api/v1/books", { token: by.token, json: { name: "Shared" } });
  return `/api/v1/books/${body.id}`;
}

const invite = (book: string, email: string, fields: object = {}, by = owner) =>
  t.request(`${book}/invitations`, { token: by.token, json: { email, role: "editor", ...fields } });
const accept = (user: User, token: string) =>
  t.request("/api/v1/invitations/accept", { token: user.token, json: { token } });
const list = (book: string, by = owner) => t.request(`${book}/invitations`, { token: by.token });
const revoke = (book: string, id: string, by = owner) =>
  t.request(`${book}/invitations/${id}`, { method: "DELETE", token: by.token });
const addMember = (book: string, user: User, role: Role) =>
  t.request(`${book}/members`, { token: owner.token, json: { email: user.email, role } });
const removeMember = (book: string, user: User, by = owner) =>
  t.request(`${book}/members/${user.userId}`, { method: "DELETE", token: by.token });
const statusesOf = async (book: string, by = owner): Promise<string[]> =>
  (await list(book, by)).body.items.map((invitation: { status: string }) => invitation.status);

test("an owner invites an address, in any case, and a user of it joins with the role that was given", async () => {
  const book = await openBook();
  const { status, body } = await invite(book, guest.email.toUpperCase());
  expect(status).toBe(201);
  const { token, ...shown } = body;
  expect(token).toMatch(/^fti_[A-Za-z0-9_-]{43}$/);
  expect(shown).toMatchObject({ email: guest.email, role: "editor", status: "open", invited_by: owner.userId });
  expect(Date.parse(shown.expires_at) - Date.parse(shown.created_at)).toBe(7 * dayMs);
  expect((await list(book)).body).toEqual({ items: [shown], next_cursor: null });
  const joined = await accept(guest, token);
  expect([joined.status, `/api/v1/books/${joined.body.id}`, joined.body.role]).toEqual([200, book, "editor"]);
  expect((await t.request(book, { token: guest.token })).body).toEqual(joined.body);
  expect(await statusesOf(book)).toEqual(["accepted"]);
});

test("a token is shown once: afterwards only its digest exists, and the log never has it", async () => {
  const book = await openBook();
  const { token, id } = (await invite(book, guest.email)).body;
  await accept(guest, token);
  const [stored] = await withTx(
    t.db,
    { settings: {} },
    (tx) => tx.sql<{ row: string }>`select to_jsonb(i)::text as row from identity.invitations i where id = ${id}`,
    { readOnly: true },
  );
  expect(stored?.row).not.toContain(token.slice(4));
  expect(stored?.row).toContain(new Bun.CryptoHasher("sha256").update(token).digest("hex"));
  expect(t.logLines.join("\n")).not.toContain(token);
});

test("an address that nobody has registered can be invited, and joins once it is registered", async () => {
  const book = await openBook();
  const email = `late-${t.deps.ids.uuid()}@example.com`;
  const { token } = (await invite(book, email)).body;
  const json = { email, password: "correct horse battery staple" };
  const { body } = await t.request("/api/v1/auth/register", { json });
  expect((await accept({ ...guest, token: body.access_token }, token)).body.role).toBe("editor");
});

test("a token is good for nobody but the user who was invited, and stays good for that one", async () => {
  const book = await openBook();
  const { token } = (await invite(book, guest.email)).body;
  expect(outcome(await accept(other, token))).toEqual([403, "INVITATION_NOT_YOURS"]);
  expect(outcome(await accept(owner, token))).toEqual([403, "INVITATION_NOT_YOURS"]);
  expect(outcome(await accept(guest, `fti_${"A".repeat(43)}`))).toEqual([404, "NOT_FOUND"]);
  expect((await accept(guest, token)).status).toBe(200);
});

test("an acceptance that is repeated is answered as the first time, whatever the role has become, and once the member has gone it is used", async () => {
  const book = await openBook();
  const { token } = (await invite(book, guest.email)).body;
  const first = await accept(guest, token);
  const answers = await Promise.all([accept(guest, token), accept(guest, token)]);
  for (const again of answers) expect([again.status, again.body]).toEqual([200, first.body]);
  await removeMember(book, guest);
  for (let round = 0; round < 2; round += 1)
    expect(outcome(await accept(guest, token))).toEqual([409, "INVITATION_USED"]);
  expect((await t.request(book, { token: guest.token })).status).toBe(404);
});

test("an invitation expires, at the latest in thirty days, and says so each time", async () => {
  const book = await openBook();
  const now = Date.now();
  const at = (ms: number) => ({ expires_at: new Date(ms).toISOString() });
  for (const wrong of [at(now - 1_000), at(now + 31 * dayMs), { expires_at: "soon" }]) {
    const answer = await invite(book, guest.email, wrong);
    expect([...outcome(answer), answer.body.errors[0].pointer]).toEqual([400, "VALIDATION_FAILED", "/expires_at"]);
  }
  const { token } = (await invite(book, guest.email, at(now + dayMs))).body;
  // An access token of before would have expired by then.
  const later = new Date(now + dayMs + 1_000);
  t.clock.current = later;
  try {
    const json = { email: guest.email, password: guest.password };
    const { body } = await t.request("/api/v1/auth/login", { json });
    const then = { ...guest, token: body.access_token as string };
    for (let round = 0; round < 2; round += 1)
      expect(outcome(await accept(then, token))).toEqual([409, "INVITATION_EXPIRED"]);
    t.clock.current = new Date(now + dayMs - 1_000);
    expect((await accept({ ...then }, token)).status).toBe(200);
  } finally {
    t.clock.current = null;
  }
});

test("a revoked invitation is good no more, revoking it again changes nothing, and one that was accepted is not revoked", async () => {
  const book = await openBook();
  const { id, token } = (await invite(book, guest.email)).body;
  expect((await revoke(book, id)).status).toBe(204);
  const [first] = (await list(book)).body.items;
  expect((await revoke(book, id)).status).toBe(204);
  expect((await list(book)).body.items).toEqual([first]);
  expect(outcome(await accept(guest, token))).toEqual([409, "INVITATION_REVOKED"]);
  const used = (await invite(book, guest.email)).body;
  await accept(guest, used.token);
  expect(outcome(await revoke(book, used.id))).toEqual([409, "INVITATION_USED"]);
  expect(await statusesOf(book)).toEqual(["revoked", "accepted"]);
});

test("of the invitations to one address the newest alone is open, however many are made at once", async () => {
  const book = await openBook();
  const made = await Promise.all(Array.from({ length: 4 }, () => invite(book, guest.email)));
  const elsewhere = (await invite(await openBook(), guest.email)).body;
  await invite(book, other.email);
  expect((await statusesOf(book)).filter((status) => status === "open").length).toBe(2);
  const outcomes = [];
  for (const { body } of made) outcomes.push(await accept(guest, body.token));
  expect(outcomes.filter(({ status }) => status === 200).length).toBe(1);
  expect((await accept(guest, elsewhere.token)).status).toBe(200);
});

test("who is a member is not invited, and who became one otherwise joins no second time", async () => {
  const book = await openBook();
  const { token } = (await invite(book, guest.email, { role: "owner" })).body;
  expect((await addMember(book, guest, "viewer")).status).toBe(201);
  expect(outcome(await invite(book, guest.email))).toEqual([409, "MEMBER_EXISTS"]);
  expect(outcome(await accept(guest, token))).toEqual([409, "MEMBER_EXISTS"]);
  expect((await t.request(book, { token: guest.token })).body.role).toBe("viewer");
});

test("a member who is removed, or leaves, does not come back by an invitation that was open", async () => {
  for (const by of [owner, guest]) {
    const book = await openBook();
    const { token } = (await invite(book, guest.email)).body;
    await addMember(book, guest, "viewer");
    expect((await removeMember(book, guest, by)).status).toBe(204);
    expect(outcome(await accept(guest, token))).toEqual([409, "INVITATION_REVOKED"]);
  }
});

test("what an owner has invited ends with the ownership: no back door stays", async () => {
  for (const end of ["remove", "demote"]) {
    const book = await openBook();
    await addMember(book, guest, "owner");
    const door = (await invite(book, other.email, { role: "owner" }, guest)).body;
    if (end === "remove") await removeMember(book, guest);
    else {
      const json = { role: "viewer" };
      await t.request(`${book}/members/${guest.userId}`, { method: "PATCH", token: owner.token, json });
    }
    expect(outcome(await accept(other, door.token))).toEqual([409, "INVITATION_REVOKED"]);
    expect(outcome(await invite(book, other.email, {}, guest))).toEqual(
      end === "remove" ? [404, "NOT_FOUND"] : [403, "FORBIDDEN"],
    );
  }
});

test("an invitation that races the end of its maker's ownership is refused or revoked, never open", async () => {
  for (let round = 0; round < 8; round += 1) {
    const book = await openBook();
    await addMember(book, guest, "owner");
    const [made] = await Promise.all([invite(book, other.email, {}, guest), removeMember(book, guest)]);
    expect([201, 404]).toContain(made.status);
    expect(await statusesOf(book)).toEqual(made.status === 201 ? ["revoked"] : []);
  }
});

test("of an acceptance and a revocation at once exactly one has its way", async () => {
  for (let round = 0; round < 8; round += 1) {
    const book = await openBook();
    const { id, token } = (await invite(book, guest.email)).body;
    const [accepted, revoked] = await Promise.all([accept(guest, token), revoke(book, id)]);
    expect([outcome(accepted).join(" ").trim(), outcome(revoked).join(" ").trim()]).toBeOneOf([
      ["200", "409 INVITATION_USED"],
      ["409 INVITATION_REVOKED", "204"],
    ]);
    expect(await statusesOf(book)).toEqual([accepted.status === 200 ? "accepted" : "revoked"]);
    expect((await t.request(book, { token: guest.token })).status).toBe(accepted.status === 200 ? 200 : 404);
  }
});

test("many acceptances at once make one member, and all are answered alike", async () => {
  for (let round = 0; round < 4; round += 1) {
    const book = await openBook();
    const { token } = (await invite(book, guest.email)).body;
    const answers = await Promise.all(Array.from({ length: 6 }, () => accept(guest, token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  }
});

test("an owner who was invited can go when another stays, and the last one cannot, whoever goes at once", async () => {
  for (let round = 0; round < 10; round += 1) {
    const book = await openBook();
    await accept(guest, (await invite(book, guest.email, { role: "owner" })).body.token);
    const answers = await Promise.all([removeMember(book, owner, owner), removeMember(book, guest, guest)]);
    expect(answers.map((answer) => outcome(answer).join(" ").trim()).toSorted()).toEqual(["204", "409 LAST_OWNER"]);
  }
});

test("a revocation can be run dry and repeated by its key; an invitation takes neither, as it answers with a token", async () => {
  const book = await openBook();
  const { id } = (await invite(book, guest.email)).body;
  const dry = await t.request(`${book}/invitations/${id}?dry_run=true`, { method: "DELETE", token: owner.token });
  expect([dry.status, await statusesOf(book)]).toEqual([204, ["open"]]);
  const headers = { "Idempotency-Key": "revoke-1" };
  const keyed = () => t.request(`${book}/invitations/${id}`, { method: "DELETE", token: owner.token, headers });
  expect((await keyed()).headers.get("idempotency-replayed")).toBeNull();
  expect((await keyed()).headers.get("idempotency-replayed")).toBe("true");
  const json = { email: other.email, role: "viewer" };
  const refused = await t.request(`${book}/invitations`, { token: owner.token, json, headers });
  expect(outcome(refused)).toEqual([400, "VALIDATION_FAILED"]);
});

test("pages of invitations cover each once", async () => {
  const book = await openBook();
  for (let number = 0; number < 3; number += 1) await invite(book, `page-${number}@example.com`);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${cursor}`;
    const { body } = await t.request(`${book}/invitations?limit=2${query}`, { token: owner.token });
    seen.push(...body.items.map((invitation: { email: string }) => invitation.email));
    cursor = body.next_cursor;
  } while (cursor !== null);
  expect(seen).toEqual(["page-0@example.com", "page-1@example.com", "page-2@example.com"]);
});
