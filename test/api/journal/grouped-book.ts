/** Books of two kinds of users to which many post at once, and what they may post. */
import fc from "fast-check";
import type { Answer, TestApp } from "../../support/app.ts";

const accounts = ["Assets:Hot", "Assets:A", "Assets:B", "Income:C"] as const;

/** Who posts: all but the first two are refused. */
const posters = ["owner", "editor", "viewer", "removed", "loggedOut"] as const;
type Poster = (typeof posters)[number];

type Fault = "unbalanced" | "unknown" | "precise" | "closed" | "inactive";

export interface Posting {
  readonly by: Poster;
  readonly fault: Fault | null;
  readonly draft: boolean;
  /** Cents. */
  readonly amount: number;
  readonly to: number;
  /** How often it is sent, and whether with the same key and body, the same key and another body, or without a key. */
  readonly times: "once" | "keyed" | "repeated" | "reused";
}

export const postings: fc.Arbitrary<Posting[]> = fc.array(
  fc.record({
    by: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom<Poster>("owner", "editor") },
      { weight: 2, arbitrary: fc.constantFrom(...posters) },
    ),
    fault: fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom<Fault>("unbalanced", "unknown", "precise", "closed", "inactive") },
    ),
    draft: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 0),
    amount: fc.integer({ min: 1, max: 999_999 }),
    to: fc.integer({ min: 1, max: accounts.length - 1 }),
    times: fc.constantFrom("once", "keyed", "keyed", "repeated", "reused"),
  }),
  { minLength: 6, maxLength: 20 },
);

function entryOf({ fault, draft, amount, to }: Posting, memo: string) {
  const text = (amount / 100).toFixed(2);
  const inactive = fault === "inactive" ? "Assets:Inactive" : accounts[to];
  return {
    date: fault === "closed" ? "2025-06-30" : "2026-01-31",
    memo,
    ...(draft ? { status: "draft" } : {}),
    lines: [
      {
        account_path: "Assets:Hot",
        side: "debit",
        amount: fault === "unbalanced" ? `${text}1` : text,
        commodity: "USD",
      },
      {
        account_path: fault === "unknown" ? "Assets:Nowhere" : inactive,
        side: "credit",
        amount: fault === "precise" ? `${text}5` : text,
        commodity: "USD",
      },
    ],
  };
}

/** What came of one request, as far as it does not depend on who was first. */
export interface Outcome {
  readonly status: number;
  readonly errorId: string | undefined;
  readonly detail: string | undefined;
  readonly errors: unknown;
  readonly replayed: boolean;
}

/** A book with members (those others than the owner that are asked for), accounts and a closed period. */
export async function createGroupedBook(t: TestApp, guests: readonly Poster[] = posters.slice(1)) {
  const owner = await t.register();
  const tokens: Record<Poster, string> = { owner: owner.token, editor: "", viewer: "", removed: "", loggedOut: "" };
  const userIds = new Map<string, string>([["owner", owner.userId]]);
  const succeed = async (path: string, json: unknown) => {
    const answer = await t.request(`${owner.book}${path}`, { token: owner.token, json });
    if (answer.status !== 201) throw new Error(`${path} answered ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  for (const path of accounts)
    await succeed("/accounts", { path, type: path.startsWith("Income") ? "income" : "asset" });
  const { id } = await succeed("/accounts", { path: "Assets:Inactive", type: "asset" });
  await t.request(`${owner.book}/accounts/${id}`, {
    token: owner.token,
    method: "PATCH",
    json: { active: false },
    headers: { "If-Match": "*" },
  });
  await succeed("/period-closes", { closed_through: "2025-12-31" });
  for (const poster of guests) {
    const user = await t.register();
    await succeed("/members", { email: user.email, role: poster === "viewer" ? "viewer" : "editor" });
    tokens[poster] = user.token;
    userIds.set(poster, user.userId);
    if (poster === "removed") {
      const path = `${owner.book}/members/${user.userId}`;
      const { status } = await t.request(path, { token: owner.token, method: "DELETE" });
      if (status !== 204) throw new Error(`removing a member answered ${status}`);
    }
    if (poster === "loggedOut") {
      const { status } = await t.request("/api/v1/auth/logout", { json: { refresh_token: user.refreshToken } });
      if (status !== 204) throw new Error(`logging out answered ${status}`);
    }
  }
  let count = 0;

  /** The requests of a posting, which may be sent in any order. */
  function requestsOf(posting: Posting): (() => Promise<Answer>)[] {
    count += 1;
    const number = count;
    const key = posting.times === "once" ? {} : { "Idempotency-Key": `key-${number}` };
    const send = (memo: string) => () =>
      t.request(`${owner.book}/journal-entries`, {
        token: tokens[posting.by],
        json: entryOf(posting, memo),
        headers: { ...key, "X-Request-ID": `${memo}-${number}` },
      });
    if (posting.times === "repeated") return [send("one"), send("one")];
    if (posting.times === "reused") return [send("one"), send("another")];
    return [send("one")];
  }

  return {
    bookId: owner.bookId,
    userIds,
    requestsOf,
    get: async (path: string) => (await t.request(`${owner.book}${path}`, { token: owner.token })).body,
  };
}

export const outcomeOf = ({ status, headers, body }: Answer): Outcome => ({
  status,
  errorId: body.error_id,
  detail: body.detail,
  errors: body.errors,
  replayed: headers.get("idempotency-replayed") === "true",
});

/** In one order, as either of two requests of a posting may be first. */
export const inOrder = (outcomes: readonly Outcome[]) => outcomes.map((outcome) => JSON.stringify(outcome)).toSorted();
