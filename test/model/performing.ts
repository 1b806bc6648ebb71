/** Requests that write, and what the model says that they are answered with. */
import type { Answer } from "../support/app.ts";
import { type Book, fork, type Recorded } from "./facts.ts";
import { canonical } from "./on-the-wire.ts";

/** What a write is answered with. */
export type Outcome =
  | { readonly status: number; readonly body: unknown /** Of which the ETag is. */; readonly tagged?: object }
  /** Faults as `ID pointer`, or an `ID` alone. */
  | { readonly status: number; readonly faults: readonly string[] };

export const refused = (status: number, ...faults: string[]): Outcome => ({ status, faults });

/** What only the application knows before it answers: the ids that it gives. */
// biome-ignore lint/suspicious/noExplicitAny: read where an answer of that shape was expected, and compared as a whole.
export type Answered = any;

export interface Write {
  readonly method: "POST" | "PATCH" | "DELETE";
  /** Below the book's. */
  readonly path: string;
  readonly json?: object;
  readonly ifMatch?: string | undefined;
  /** Whether the body fits no schema: nothing else is looked at. */
  readonly malformed?: boolean;
  /** Does the write to the model and says what is answered; where it is refused, what it did to the model is dropped. */
  apply(book: Book, answered: Answered, recorded: Recorded): Outcome;
}

export interface Request {
  readonly kind: string;
  readonly write: Write;
  readonly key?: string | undefined;
  readonly dryRun: boolean;
  readonly unknownField: boolean;
  readonly requestId: string;
  readonly traceId: string;
}

const keptMs = 30 * 86_400_000;

export const isKept = (book: Book, key: string | undefined) => {
  const kept = key === undefined ? undefined : book.kept.get(key);
  return kept !== undefined && Date.parse(kept.at) >= Date.parse(book.now) - keptMs ? kept : null;
};

/** Performs a request on the model: what it is answered with, whether from memory, and the book that it leaves. */
export function perform(
  book: Book,
  { write, key, dryRun, unknownField, requestId, traceId }: Request,
  answered: Answered,
): { readonly outcome: Outcome; readonly replayed: boolean; readonly book: Book } {
  if (unknownField || write.malformed === true)
    return { outcome: refused(400, "VALIDATION_FAILED"), replayed: false, book };
  const route = `${write.method} ${write.path}`;
  const body = canonical(write.json ?? null);
  const kept = isKept(book, key);
  if (kept !== null) {
    const same = kept.route === route && kept.body === body;
    const outcome = same ? { status: kept.status, body: kept.answer } : refused(409, "IDEMPOTENCY_KEY_REUSED");
    return { outcome, replayed: same, book };
  }
  const next = fork(book);
  const recorded = { at: book.now, by: book.userId, api_key_id: null, request_id: requestId, trace_id: traceId };
  const outcome = write.apply(next, answered, recorded);
  if (dryRun || "faults" in outcome) return { outcome, replayed: false, book };
  if (key !== undefined)
    next.kept.set(key, { route, body, status: outcome.status, answer: outcome.body, at: book.now });
  return { outcome, replayed: false, book: next };
}

/** How an answer differs from what the model says; null where it does not. */
export function differenceOf(outcome: Outcome, answer: Answer): string | null {
  const told = "faults" in outcome ? new Set(outcome.faults) : null;
  const answered = `${answer.status} ${told === null ? canonical(answer.body) : faultsIn(answer).join(", ")}`;
  const faults = [...(told ?? [])].sort().join(", ");
  const expected = `${outcome.status} ${"body" in outcome ? canonical(outcome.body ?? "") : faults}`;
  return answered === expected ? null : `answered ${answered}\nexpected ${expected}`;
}

function faultsIn({ body }: Answer): string[] {
  const listed: { error_id?: string; pointer: string }[] = body?.errors ?? [];
  const faults = listed.flatMap(({ error_id: id, pointer }) => (id === undefined ? [] : [`${id} ${pointer}`]));
  return [...new Set(faults.length > 0 ? faults : [String(body?.error_id)])].sort();
}

/**
 * Whether `If-Match` lets a change of what is shown as `now` pass: a refusal, or null. An entry shows the paths of its
 * accounts, and it alone is held while it is changed: where an account is renamed at the same time, either is right.
 */
export function preconditionOf(
  book: Book,
  { ifMatch, required, answered }: { ifMatch: string | undefined; required: boolean; answered: Answered },
  now: object,
): Outcome | null {
  if (ifMatch === undefined) return required ? refused(428, "PRECONDITION_REQUIRED") : null;
  const meant = book.tags.get(ifMatch);
  if (ifMatch === "*" || meant === canonical(now)) return null;
  const withoutPaths = (text: string | undefined) => text?.replace(/"account_path":"[^"]*"/g, "");
  const renamed = !book.quiet && withoutPaths(meant) === withoutPaths(canonical(now));
  return renamed && answered.error_id !== "PRECONDITION_FAILED" ? null : refused(412, "PRECONDITION_FAILED");
}
