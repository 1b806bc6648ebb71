import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createTestApp, type TestApp } from "../support/app.ts";

let t: TestApp;
let user: Awaited<ReturnType<TestApp["register"]>>;

beforeAll(async () => {
  t = await createTestApp();
  user = await t.register();
  for (const [path, type] of [
    ["Assets:Cash", "asset"],
    ["Income:Salary", "income"],
  ] as const) {
    await write("/accounts", { path, type });
  }
}, 30_000);
afterAll(() => t.close());

const write = (path: string, json: unknown, key?: string, query = "") =>
  t.request(`${user.book}${path}${query}`, {
    token: user.token,
    json,
    headers: key === undefined ? {} : { "Idempotency-Key": key },
  });

const entryOf = (amount: string) => ({
  date: "2026-01-31",
  lines: [
    { account_path: "Assets:Cash", side: "debit", amount, commodity: "USD" },
    { account_path: "Income:Salary", side: "credit", amount, commodity: "USD" },
  ],
});

async function countEntries(): Promise<number> {
  let count = 0;
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page = await t.request(`${user.book}/journal-entries?limit=200${query}`, { token: user.token });
    count += page.body.items.length;
    cursor = page.body.next_cursor;
  }
  return count;
}

describe("an idempotency key", () => {
  test("answers a repeat as the first time, and does nothing twice", async () => {
    const before = await countEntries();
    const first = await write("/journal-entries", entryOf("10.00"), "k-repeat");
    const second = await write("/journal-entries", entryOf("10.00"), "k-repeat");
    expect(first.status).toBe(201);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(await countEntries()).toBe(before + 1);
  });

  test("means the same body whatever its layout and the order of its keys", async () => {
    const { date, lines } = entryOf("11.00");
    const first = await write("/journal-entries", { date, lines }, "k-layout");
    const second = await write(
      "/journal-entries",
      { lines: lines.map((line) => Object.fromEntries(Object.entries(line).reverse())), date },
      "k-layout",
    );
    expect(second.body).toEqual(first.body);
  });

  test("is refused with another body, and with another route", async () => {
    await write("/journal-entries", entryOf("12.00"), "k-other");
    const before = await countEntries();
    for (const [path, body] of [
      ["/journal-entries", entryOf("12.01")],
      ["/journal-entries/bulk", { entries: [entryOf("12.00")] }],
    ] as const) {
      expect(await write(path, body, "k-other")).toMatchObject({
        status: 409,
        body: { error_id: "IDEMPOTENCY_KEY_REUSED" },
      });
    }
    expect(await countEntries()).toBe(before);
  });

  test("of a refused write is free again", async () => {
    const unbalanced = { ...entryOf("13.00"), lines: [entryOf("13.00").lines[0], entryOf("13.01").lines[1]] };
    expect((await write("/journal-entries", unbalanced, "k-refused")).status).toBe(422);
    expect((await write("/journal-entries", entryOf("13.00"), "k-refused")).status).toBe(201);
  });

  test("has one effect however many send it at once", async () => {
    const before = await countEntries();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => write("/journal-entries", entryOf("14.00"), "k-race")),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get("idempotency-replayed") === null)).toHaveLength(1);
    expect(await countEntries()).toBe(before + 1);
  });

  test("belongs to its principal and its book", async () => {
    const other = await t.register();
    await t.request(`${other.book}/accounts`, {
      token: other.token,
      json: { path: "Assets:Cash", type: "asset" },
      headers: { "Idempotency-Key": "k-mine" },
    });
    const mine = await write("/accounts", { path: "Assets:Mine", type: "asset" }, "k-mine");
    expect(mine).toMatchObject({ status: 201, body: { path: "Assets:Mine" } });
  });

  test("replays an answer without a body", async () => {
    const { body } = await write("/accounts", { path: "Assets:Short-lived", type: "asset" });
    const remove = () =>
      t.request(`${user.book}/accounts/${body.id}`, {
        method: "DELETE",
        token: user.token,
        headers: { "Idempotency-Key": "k-delete", "If-Match": "*" },
      });
    expect((await remove()).status).toBe(204);
    const again = await remove();
    expect(again.status).toBe(204);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });

  test("may be used anew after 30 days, and is swept by later ones", async () => {
    // Somebody else, as a log-in takes away the sessions of its user that have expired by then.
    const keeper = await t.register();
    const json = { email: keeper.email, role: "editor" };
    expect((await t.request(`${user.book}/members`, { token: user.token, json })).status).toBe(201);
    const logIn = () => t.request("/api/v1/auth/login", { json: { email: keeper.email, password: keeper.password } });
    const start = new Date("2030-01-01T00:00:00Z");
    t.clock.current = start;
    const session = await logIn();
    const post = (key: string, token: string) =>
      t.request(`${user.book}/journal-entries`, { token, json: entryOf("15.00"), headers: { "Idempotency-Key": key } });
    const first = await post("k-old", session.body.access_token);
    await post("k-old-2", session.body.access_token);
    t.clock.current = new Date(start.getTime() + 31 * 86_400_000);
    const later = await logIn();
    const anew = await post("k-old", later.body.access_token);
    expect(anew.status).toBe(201);
    expect(anew.body.id).not.toBe(first.body.id);
    t.clock.current = null;
  });

  test.each(["", " ", "\u00e9", "a b", "x".repeat(256)])("of the wrong form (%j) is a 400", async (key) => {
    const answer = await write("/journal-entries", entryOf("16.00"), key);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: "/headers/idempotency-key" }] } });
  });

  test("is refused where the answer is a credential", async () => {
    const headers = { "Idempotency-Key": "k-credential" };
    const key = { name: "k", scopes: ["read"] };
    const login = { email: user.email, password: user.password };
    for (const answer of [
      await t.request("/api/v1/auth/login", { json: login, headers }),
      await t.request(`${user.book}/api-keys`, { token: user.token, json: key, headers }),
    ]) {
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: "/headers/idempotency-key" }] } });
    }
  });
});

describe("a dry run", () => {
  test("answers what the write would answer, and writes nothing", async () => {
    const before = await countEntries();
    const dry = await write("/journal-entries", entryOf("20.00"), undefined, "?dry_run=true");
    expect(dry.status).toBe(201);
    expect(dry.body.lines).toHaveLength(2);
    expect(await countEntries()).toBe(before);
    const { body } = await t.request(`${user.book}/journal-entries/${dry.body.id}`, { token: user.token });
    expect(body.error_id).toBe("NOT_FOUND");
  });

  test("refuses what the write would refuse, COMMIT's own checks included", async () => {
    const taken = await write("/accounts", { path: "Assets:Cash", type: "asset" }, undefined, "?dry_run=true");
    expect(taken).toMatchObject({ status: 409, body: { error_id: "ACCOUNT_PATH_TAKEN" } });
  });

  test("does not take its idempotency key", async () => {
    expect((await write("/journal-entries", entryOf("21.00"), "k-dry", "?dry_run=true")).status).toBe(201);
    const real = await write("/journal-entries", entryOf("21.00"), "k-dry");
    expect(real.status).toBe(201);
    expect(real.headers.get("idempotency-replayed")).toBeNull();
  });

  test("is true or false and nothing else", async () => {
    expect((await write("/journal-entries", entryOf("22.00"), undefined, "?dry_run=yes")).status).toBe(400);
  });
});

test("two JSON texts of one value have one canonical text, and of two values two", async () => {
  const { canonicalJson } = await import("../../src/foundation/http/canonical-json.ts");
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
      const shuffled = JSON.parse(JSON.stringify(left), (_, part) =>
        typeof part === "object" && part !== null && !Array.isArray(part)
          ? Object.fromEntries(Object.entries(part).reverse())
          : part,
      );
      expect(canonicalJson(shuffled)).toBe(canonicalJson(left));
      expect(canonicalJson(left) === canonicalJson(right)).toBe(
        Bun.deepEquals(JSON.parse(JSON.stringify(left)), JSON.parse(JSON.stringify(right))),
      );
    }),
  );
});
