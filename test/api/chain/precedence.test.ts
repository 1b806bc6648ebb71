import { afterAll, expect, test } from "bun:test";
import type { ErrorId } from "../../../src/errors.ts";
import { createTestApp, type RequestOptions } from "../../support/app.ts";

const limit = 400;
const t = await createTestApp({ env: { API_RATE_LIMIT_REQUESTS: String(limit), BODY_BYTES_MAX: "65536" } });
afterAll(() => t.close());

const [owner, stranger] = [await t.register(), await t.register()];
const readKey = (
  await t.request(`${owner.book}/api-keys`, { token: owner.token, json: { name: "read", scopes: ["read"] } })
).body.key as string;
const account = (
  await t.request(`${owner.book}/accounts`, { token: owner.token, json: { path: "Assets:Cash", type: "asset" } })
).body.id as string;
await t.request(`${owner.book}/accounts`, { token: owner.token, json: { path: "Assets:Bank", type: "asset" } });
const spentAddress = "198.51.100.99";
for (let request = 0; request < limit; request += 1) {
  await t.request("/errors", { headers: { "X-Test-Address": spentAddress } });
}

let addresses = 0;
/** Nobody's limit is spent but the one that is meant to be. */
function newAddress(): string {
  addresses += 1;
  return `203.0.${Math.floor(addresses / 256)}.${addresses % 256}`;
}

interface Draft {
  path: string;
  query: string;
  token: string | undefined;
  body: Record<string, unknown>;
  text: string | null;
  headers: Record<string, string>;
}

/** A change of an account that is right in every way. */
function fittingDraft(): Draft {
  return {
    path: `${owner.book}/accounts/${account}`,
    query: "",
    token: owner.token,
    body: { description: "Purse" },
    text: null,
    headers: { "Content-Type": "application/json", "If-Match": "*", "X-Test-Address": newAddress() },
  };
}

type Spoil = (draft: Draft) => unknown;

/** What makes it wrong in one way, in the order in which the answers take precedence. */
const faults: readonly (readonly [ErrorId, Spoil])[] = [
  ["URI_TOO_LONG", (draft) => Object.assign(draft, { query: `?x=${"y".repeat(9_000)}` })],
  ["HEADERS_TOO_LARGE", ({ headers }) => Object.assign(headers, { Cookie: "x".repeat(17_000) })],
  ["BODY_TOO_LARGE", ({ headers }) => Object.assign(headers, { "Content-Length": "65537" })],
  ["RATE_LIMITED", ({ headers }) => Object.assign(headers, { "X-Test-Address": spentAddress })],
  ["UNAUTHENTICATED", (draft) => Object.assign(draft, { token: undefined })],
  ["UNSUPPORTED_MEDIA_TYPE", ({ headers }) => Object.assign(headers, { "Content-Type": "text/plain" })],
  ["BODY_MALFORMED", (draft) => Object.assign(draft, { text: "{" })],
  ["VALIDATION_FAILED", ({ body }) => Object.assign(body, { no_such_field: 1 })],
  ["SCOPE_INSUFFICIENT", (draft) => draft.token !== undefined && Object.assign(draft, { token: readKey })],
  ["NOT_FOUND", (draft) => Object.assign(draft, { path: `${stranger.book}/accounts/${account}` })],
  ["PRECONDITION_REQUIRED", ({ headers }) => Reflect.deleteProperty(headers, "If-Match")],
  ["ACCOUNT_PATH_TAKEN", ({ body }) => Object.assign(body, { path: "Assets:Bank" })],
  ["COMMODITY_UNKNOWN", ({ body }) => Object.assign(body, { commodities: ["POINTS"] })],
];

function send(spoilers: readonly Spoil[]) {
  const draft = fittingDraft();
  for (const spoil of spoilers) spoil(draft);
  const options: RequestOptions = {
    method: "PATCH",
    token: draft.token,
    body: draft.text ?? JSON.stringify(draft.body),
    headers: draft.headers,
  };
  return t.request(`${draft.path}${draft.query}`, options);
}

test("a request that is right in every way passes, and each fault alone has its own answer", async () => {
  expect((await send([])).status).toBe(200);
  for (const [id, spoil] of faults) expect((await send([spoil])).body.error_id).toBe(id);
});

test.each(
  faults.flatMap(([first, spoilFirst], index) =>
    faults.slice(index + 1).map(([second, spoilSecond]) => [first, second, [spoilFirst, spoilSecond]] as const),
  ),
)("%s comes before %s", async (first, _second, spoilers) => {
  expect((await send(spoilers)).body.error_id).toBe(first);
  expect((await send(spoilers.toReversed())).body.error_id).toBe(first);
});

test("an account that is missing comes before what its book would refuse, and a role before both", async () => {
  const viewer = await t.register();
  await t.request(`${owner.book}/members`, { token: owner.token, json: { email: viewer.email, role: "viewer" } });
  const path = `${owner.book}/accounts/0198c2f5-7c1e-7d3a-9f59-000000000000`;
  const json = { path: "Assets:Bank", commodities: ["POINTS"] };
  const patch = (token: string, body: unknown) => t.request(path, { method: "PATCH", token, json: body });
  expect((await patch(owner.token, json)).body.error_id).toBe("NOT_FOUND");
  expect((await patch(viewer.token, json)).body.error_id).toBe("FORBIDDEN");
  expect((await patch(viewer.token, { ...json, no_such_field: 1 })).body.error_id).toBe("VALIDATION_FAILED");
});

test("every conflict of an account comes before what breaks a rule: 409 before 422", async () => {
  const book = `/api/v1/books/${(await t.request("/api/v1/books", { token: owner.token, json: { name: "Dates" } })).body.id}`;
  const post = (path: string, json: unknown) => t.request(`${book}${path}`, { token: owner.token, json });
  const create = (json: object) => post("/accounts", { type: "asset", ...json });
  const cash = (await create({ path: "Assets:Cash", code: "1", opened_on: "2026-01-10" })).body.id as string;
  const change = (json: unknown) =>
    t.request(`${book}/accounts/${cash}`, { method: "PATCH", token: owner.token, json, headers: { "If-Match": "*" } });
  await create({ path: "Assets:Bank", code: "2" });

  const unknown = { commodities: ["POINTS"] };
  expect((await create({ path: "Assets:Cash", ...unknown })).body.error_id).toBe("ACCOUNT_PATH_TAKEN");
  expect((await create({ path: "Assets:New", code: "1", ...unknown })).body.error_id).toBe("ACCOUNT_CODE_TAKEN");
  expect((await change({ code: "2", ...unknown })).body.error_id).toBe("ACCOUNT_CODE_TAKEN");

  const line = { account_id: cash, amount: "1.00", commodity: "USD" };
  const lines = [
    { ...line, side: "debit" },
    { ...line, side: "credit" },
  ];
  expect((await post("/journal-entries", { date: "2026-02-01", lines })).status).toBe(201);
  expect((await change({ opened_on: "2026-03-01", ...unknown })).body.error_id).toBe("ACCOUNT_HAS_LINES");
  const close = (closed_on: string) => post(`/accounts/${cash}/close`, { closed_on });
  expect((await close("2026-01-01")).body.error_id).toBe("ACCOUNT_HAS_LINES");
  expect((await close("2026-02-01")).status).toBe(200);
  expect((await close("2026-01-01")).body.error_id).toBe("ACCOUNT_CLOSED");
  expect((await change({ opened_on: "2026-03-01" })).body.error_id).toBe("ACCOUNT_HAS_LINES");
});
