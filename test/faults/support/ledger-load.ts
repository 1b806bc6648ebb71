import { v7 as uuidV7 } from "uuid";
import { createImportKey, type ImportKey } from "../../support/api-key.ts";

/** What became of one posting, as its sender knows it. */
type Outcome = "acknowledged" | "refused" | "unknown";

interface Posting {
  /** Stands in the entry's payee, by which it is found again. */
  readonly reference: string;
  /** Its idempotency key, or null where it was sent without one. */
  readonly key: string | null;
  outcome: Outcome;
}

/** What a run sent, and what the book holds of it. `lost` and `duplicated` are broken promises. */
export interface Accounting {
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** No answer, or one that says that the outcome is unknown. */
  readonly unknown: number;
  /** Of those without an answer and without a key: in the book all the same. */
  readonly unheard: number;
  /** Acknowledged, and not in the book. */
  readonly lost: number;
  /** In the book more than once. */
  readonly duplicated: number;
  /** Refused, and in the book all the same. */
  readonly written: number;
  /** In the book without all their lines. */
  readonly half: number;
  /** Keyed requests that were repeated until they were answered, and how many effects those have. */
  readonly settled: number;
  readonly effects: number;
  readonly verification: unknown;
}

const answerTimeoutMs = 20_000;
const accounts = ["Assets:Bank", "Assets:Cash", "Expenses:Food", "Income:Salary"] as const;

export interface LoadOptions {
  /** After how many milliseconds a client closes its connection, whether or not it has its answer; without it never. */
  readonly leaveAfterMs?: () => number;
}

/** Clients that post entries of one book, every other one under an idempotency key, and remember what they were told. */
export async function createLedgerLoad(urlOf: () => string, clients: number, { leaveAfterMs }: LoadOptions = {}) {
  const book: ImportKey = await createImportKey(urlOf());
  const postings: Posting[] = [];
  let over = false;
  let left = 0;
  for (const path of accounts) {
    const { status, body } = await send("accounts", { path, type: typeOf(path) });
    if (status !== 201) throw new Error(`making an account answered ${status}: ${JSON.stringify(body)}`);
  }

  async function send(path: string, json?: unknown, key?: string | null, withinMs = answerTimeoutMs) {
    const response = await fetch(`${urlOf()}/api/v1/books/${book.bookId}/${path}`, {
      method: json === undefined ? "GET" : "POST",
      headers: {
        Authorization: `Bearer ${book.key}`,
        "Content-Type": "application/json",
        ...(typeof key === "string" ? { "Idempotency-Key": key } : {}),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(withinMs),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  const post = (posting: Posting, withinMs?: number) =>
    send("journal-entries", toEntry(posting.reference), posting.key, withinMs);

  async function client(): Promise<void> {
    for (let number = 0; !over; number += 1) {
      const posting: Posting = { reference: uuidV7(), key: number % 2 === 0 ? uuidV7() : null, outcome: "unknown" };
      postings.push(posting);
      try {
        const { status, body } = await post(posting, leaveAfterMs?.());
        posting.outcome = outcomeOf(status, body);
        if (status !== 201) await Bun.sleep(10);
      } catch {
        left += 1;
        // No answer: the sender cannot know. The process may be gone, so it asks again a little later.
        await Bun.sleep(25);
      }
    }
  }

  const running = Array.from({ length: clients }, client);
  return {
    /** Postings that were acknowledged until now. */
    acknowledged: () => count(postings, ({ outcome }) => outcome === "acknowledged"),
    /** Requests until now whose client had no answer: it or the server closed the connection. */
    left: () => left,
    /** Ends the load, repeats every keyed request, and compares what was said with what the book holds. */
    async account(): Promise<Accounting> {
      over = true;
      await Promise.all(running);
      const first = postings.map(({ outcome }) => outcome);
      const keyed = postings.filter(({ key }) => key !== null);
      for (const posting of keyed) {
        const { status, body } = await post(posting);
        if (status !== 201) throw new Error(`a repeat answered ${status}: ${JSON.stringify(body)}`);
      }
      const held = await readEntries(send);
      const timesOf = ({ reference }: Posting) => held.get(reference)?.times ?? 0;
      const { body: verification } = await send("verify");
      return {
        sent: postings.length,
        acknowledged: count(first, (outcome) => outcome === "acknowledged"),
        refused: count(first, (outcome) => outcome === "refused"),
        unknown: count(first, (outcome) => outcome === "unknown"),
        unheard: count(
          postings,
          (posting) => posting.key === null && posting.outcome === "unknown" && timesOf(posting) > 0,
        ),
        lost: count(postings, (posting) => posting.outcome === "acknowledged" && timesOf(posting) === 0),
        duplicated: count(postings, (posting) => timesOf(posting) > 1),
        written: count(
          postings,
          (posting) => posting.key === null && posting.outcome === "refused" && timesOf(posting) > 0,
        ),
        half: count([...held.values()], ({ lines }) => lines !== 2),
        settled: keyed.length,
        effects: keyed.reduce((sum, posting) => sum + timesOf(posting), 0),
        verification: verification.status,
      };
    },
  };
}

/** One line of figures, for the log of a run. */
export function describeAccounting(name: string, accounting: Accounting): string {
  const { sent, acknowledged, refused, unknown, unheard, lost, duplicated, written, half } = accounting;
  return `${name}: ${sent} sent, ${acknowledged} acknowledged, ${refused} refused, ${unknown} without an answer (of those without a key ${unheard} are in the book); ${lost} lost, ${duplicated} duplicated, ${written} refused and written, ${half} half written`;
}

/** What every run must come to, whatever was broken. */
export const soundAccounting = { lost: 0, duplicated: 0, written: 0, half: 0, verification: "ok" } as const;

function outcomeOf(status: number, body: { error_id?: string }): Outcome {
  if (status === 201) return "acknowledged";
  if (typeof body.error_id !== "string") throw new Error(`an error without an id: ${status} ${JSON.stringify(body)}`);
  if (status !== 503) throw new Error(`a posting answered ${status} ${body.error_id}`);
  return body.error_id === "COMMIT_OUTCOME_UNKNOWN" ? "unknown" : "refused";
}

type Send = (path: string) => Promise<{ status: number; body: { items: Entry[]; next_cursor: string | null } }>;
interface Entry {
  readonly payee: string;
  readonly lines: readonly unknown[];
}

async function readEntries(send: Send): Promise<Map<string, { times: number; lines: number }>> {
  const held = new Map<string, { times: number; lines: number }>();
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { body } = await send(`journal-entries?limit=200${cursor === "" ? "" : `&cursor=${cursor}`}`);
    for (const { payee, lines } of body.items) {
      held.set(payee, { times: (held.get(payee)?.times ?? 0) + 1, lines: lines.length });
    }
    cursor = body.next_cursor;
  }
  return held;
}

/** The same for the same reference, as a repeat must be. */
function toEntry(reference: string) {
  const at = Number.parseInt(reference.slice(-2), 16);
  const [debit, credit] = [at % 2, 2 + ((at >> 1) % 2)];
  return {
    date: "2026-03-15",
    payee: reference,
    lines: [
      { account_path: accounts[debit], side: "debit", amount: "12.50", commodity: "USD" },
      { account_path: accounts[credit], side: "credit", amount: "12.50", commodity: "USD" },
    ],
  };
}

function typeOf(path: (typeof accounts)[number]): string {
  if (path.startsWith("Assets")) return "asset";
  return path.startsWith("Income") ? "income" : "expense";
}

function count<T>(values: readonly T[], holds: (value: T) => boolean): number {
  return values.filter(holds).length;
}
