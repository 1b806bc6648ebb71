import { afterAll, describe, expect, test } from "bun:test";
import { catalogue } from "../../../src/errors.ts";
import { problemSchema } from "../../../src/foundation/http/schemas.ts";
import { createTestApp } from "../../support/app.ts";
import { outcomeOf, send } from "./expect-answer.ts";
import { listOperations, type Operation, zodOf } from "./operations.ts";
import type { Known } from "./sample.ts";
import { createSampler } from "./sampler.ts";
import { seedBook } from "./seed-book.ts";

const t = await createTestApp();
afterAll(() => t.close());

const operations = listOperations(t.app);
const sampler = createSampler(t);
const [user, other] = [await t.register(), await t.register()];
/** Whose sessions and password are ended and changed. */
const passing = await t.register();

/** Routes that need what no sample can know, and what they answer without it. Their own tests have their success. `login` finds whom `register`,
 * before it, has registered with the same sample. */
const withoutSuccess: Readonly<Record<string, [number, string]>> = {
  refreshTokens: [401, "REFRESH_TOKEN_INVALID"],
  getError: [404, "NOT_FOUND"],
  getLatestPrice: [404, "NOT_FOUND"],
  endSession: [404, "NOT_FOUND"],
  acceptInvitation: [404, "NOT_FOUND"],
};

/** A book of its own, with what the route is about in it. */
async function seedFor(operation: Operation) {
  const book = await send(
    t,
    { path: "/api/v1/books", options: { method: "POST", json: { name: operation.id } } },
    user.token,
  );
  const known = { book_id: book.body.id as string, email: other.email, code: "POINTS" };
  const body = JSON.stringify(sampler.requestOf(operation, known).options.json ?? {});
  const inPath = [...operation.path.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
  const names = new Set([
    ...inPath,
    ...(body.includes('"account_id"') || inPath.includes("entry_id") ? ["account_id"] : []),
  ]);
  const seeded = await seedBook(t, { operations, sampler, token: user.token, known, names });
  return draftOperations.has(operation.id) ? withDraft(seeded) : seeded;
}

/** In the order of the routes, the last of them ends the session that asks. */
const endsSessions = new Set(["changePassword", "endSessions"]);

/** Entries are made posted; these routes are about drafts. */
const draftOperations = new Set(["changeDraft", "deleteDraft", "postDraft"]);

async function withDraft(known: Known): Promise<Known> {
  const posting = operations.find(({ id }) => id === "postJournalEntry");
  if (posting === undefined) throw new Error("there is no route that makes a draft");
  const { path, options } = sampler.requestOf(posting, known);
  const draft = { ...(options.json as object), status: "draft" };
  const { body } = await send(t, { path, options: { ...options, json: draft } }, user.token);
  return { ...known, entry_id: body.id };
}

describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  "%s",
  (_, operation) => {
    test("answers a request that fits as its document says, with nothing over", async () => {
      const known = operation.ofBook ? await seedFor(operation) : {};
      const answer = await send(
        t,
        sampler.requestOf(operation, known),
        operation.authenticated ? (endsSessions.has(operation.id) ? passing.token : user.token) : undefined,
      );
      const expected = withoutSuccess[operation.id];
      if (expected !== undefined) {
        expect(outcomeOf(answer)).toEqual(expected);
        expect(operation.errorIds).toContain(expected[1]);
        expect(problemSchema.safeParse(answer.body).error).toBeUndefined();
        return;
      }
      expect({ status: answer.status, ok: answer.status < 300, body: answer.body }).toMatchObject({ ok: true });
      expect(Object.keys(operation.responses)).toContain(String(answer.status));
      const schema = zodOf(operation.responses[answer.status]);
      if (schema === undefined) {
        expect([answer.status, answer.body]).toEqual([204, ""]);
        return;
      }
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(schema.safeParse(answer.body).error).toBeUndefined();
    });
  },
);

test("FT.ERR.2 every error body carries the error id, the request id and the trace id, and its type is a page here", async () => {
  for (const [errorId, definition] of Object.entries(catalogue)) {
    const page = await send(t, { path: `/errors/${errorId}`, options: { method: "GET" } });
    expect(page.status).toBe(200);
    expect(page.body).toEqual({ error_id: errorId, ...definition });
  }
  const answer = await t.request("/api/v1/nothing", { headers: { "X-Request-ID": "mine-1" } });
  expect(answer.body).toMatchObject({ error_id: "ROUTE_NOT_FOUND", request_id: "mine-1" });
  expect(answer.headers.get("traceparent")).toContain(`-${answer.body.trace_id}-`);
  expect((await t.request(new URL(answer.body.type).pathname)).body.error_id).toBe("ROUTE_NOT_FOUND");
});
