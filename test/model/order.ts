/** Finds the order in which writes that were sent at the same time were done. */
import type { Answer } from "../support/app.ts";
import type { Book } from "./facts.ts";
import { canonical } from "./on-the-wire.ts";
import { differenceOf, perform, type Request } from "./performing.ts";

export interface Done {
  readonly request: Request;
  readonly answer: Answer;
  /** Whether it was repeated after a lost connection, and may have been done by an attempt that had no answer. */
  readonly repeated: boolean;
  /** When it was first sent and when it was answered: what ended before another began was done before it. */
  readonly began: number;
  readonly ended: number;
}

const triesMax = 20_000;

/**
 * The book after everything that clients did, each in its own order, if there is an order of all of it in which the
 * model gives every answer: every status, every fault, every field, every balance.
 * @param isSeen - whether what is read afterwards is of that book, for what no answer tells the order of
 * @throws with what differs, where there is none.
 */
export function settle(
  book: Book,
  clients: readonly (readonly Done[])[],
  isSeen: (after: Book) => boolean = () => true,
): Book {
  let tries = 0;
  let deepest = { done: -1, differences: [] as string[] };

  function search(from: Book, positions: readonly number[]): Book | null {
    if (positions.every((at, client) => at === clients[client]?.length)) return isSeen(from) ? from : null;
    const done = positions.reduce((sum, at) => sum + at, 0);
    const differences: string[] = [];
    for (const { client, next } of candidates(clients, positions)) {
      tries += 1;
      if (tries > triesMax) return null;
      const after = follow(from, next);
      if (typeof after === "string")
        differences.push(`${next.request.write.method} ${next.request.write.path}: ${after}`);
      else {
        const rest = search(
          after,
          positions.map((position, other) => (other === client ? position + 1 : position)),
        );
        if (rest !== null) return rest;
      }
    }
    if (differences.length > 0 && done > deepest.done) deepest = { done, differences };
    return null;
  }

  const after = search(
    book,
    clients.map(() => 0),
  );
  if (after !== null) return after;
  throw new Error(`no order explains the answers; after ${deepest.done} of them:\n${deepest.differences.join("\n\n")}`);
}

/** What may be done next: of each client its next request, the likeliest first. */
function candidates(clients: readonly (readonly Done[])[], positions: readonly number[]) {
  const nexts = positions.flatMap((at, client) => {
    const next = clients[client]?.[at];
    return next === undefined ? [] : [{ client, next }];
  });
  const firstEnd = Math.min(...nexts.map(({ next }) => next.ended));
  return nexts.filter(({ next }) => next.began <= firstEnd).sort((left, right) => left.next.ended - right.next.ended);
}

/** The book after a write that was answered as the model says; else how the answer differs. */
function follow(book: Book, { request, answer, repeated }: Done): Book | string {
  const { outcome, replayed, book: after } = perform(book, request, answer.body ?? {});
  const difference = differenceOf(outcome, answer);
  if (difference !== null) return difference;
  const said = answer.headers.get("idempotency-replayed") === "true";
  if (said !== replayed && !repeated) return `answered as replayed: ${said}, expected: ${replayed}`;
  if (!("tagged" in outcome) || outcome.tagged === undefined || request.dryRun) return after;
  return noteTag(after, answer, outcome.tagged) ?? after;
}

/** Remembers an answer's tag; a text where it says the same of two versions, or two things of one. */
export function noteTag(book: Book, answer: Answer, shown: object): string | null {
  const tag = answer.headers.get("etag");
  if (tag === null) return "answered no ETag";
  const text = canonical(shown);
  const known = book.tags.get(tag);
  if (known !== undefined && known !== text) return `gave ${tag} to two versions:\n${known}\n${text}`;
  for (const [other, version] of book.tags) {
    if (version === text && other !== tag) return `gave two tags to one version: ${other} and ${tag}`;
  }
  book.tags.set(tag, text);
  return null;
}
