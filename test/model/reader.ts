/** A client that reads while others write: what it was told, at a point of knowledge, stays so. */
import type { Answer } from "../support/app.ts";
import type { Book, Point } from "./facts.ts";
import { canonical } from "./on-the-wire.ts";
import type { Answered } from "./performing.ts";
import type { Session } from "./session.ts";

const reads = 3;

/** Reads the trial balance a few times, each time once the one before is answered. */
export async function readMeanwhile(session: Session): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < reads) answers.push(await session.get("/reports/trial-balance"));
  return answers;
}

/** Accounts may have been renamed since. */
const sums = ({ body }: Answer) => body.items.map(({ path: _, ...row }: Answered) => canonical(row)).sort();

/**
 * Holds what was read during a round against what is known of it afterwards: the same sums again, and the entries since
 * `before` each on one side of it and none missed, however late they were committed.
 * @throws with what differs
 */
export async function assertRepeatable(
  session: Session,
  answers: readonly Answer[],
  { before, book }: { readonly before: Point | undefined; readonly book: Book },
): Promise<void> {
  for (const answer of answers) {
    const token: string = answer.body.knowledge;
    const again = await session.get(`/reports/trial-balance?known_at=${token}`);
    const [first, second] = [sums(answer), sums(again)].map(canonical);
    if (first !== second) throw new Error(`at ${token} a trial balance was\n${first}\nand later\n${second}`);
    if (before === undefined) continue;
    const path = "/reports/trial-balance/changes?limit=200";
    const early = await session.get(`${path}&from=${before.knownAt}&to=${token}`);
    const late = await session.get(`${path}&from=${token}`);
    const told = [...early.body.items, ...late.body.items].map(({ id }: { id: string }) => id).sort();
    const posted = [...book.entries.values()].filter(
      ({ status, place }) => status !== "draft" && place >= before.postings,
    );
    const expected = posted.map(({ id }) => id).sort();
    if (canonical(told) !== canonical(expected)) {
      throw new Error(`changes around ${token} were\n${canonical(told)}\nand not\n${canonical(expected)}`);
    }
  }
}
