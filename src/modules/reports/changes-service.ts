import { formatKnowledge, type Knowledge, type Seen } from "../../domain/knowledge.ts";
import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { getSeen, toSeen } from "../knowledge/index.ts";
import {
  type ChangePlace,
  type ChangeRow,
  type StatementScope,
  selectChanges,
  selectSpan,
} from "./changes-repository.ts";

export type { ChangePlace, ChangeRow } from "./changes-repository.ts";

/** What changes each statement besides its days. */
const bearing = {
  "trial-balance": { withoutClosing: false, incomeOnly: false },
  "balance-sheet": { withoutClosing: false, incomeOnly: false },
  "income-statement": { withoutClosing: true, incomeOnly: true },
  "cash-flow": { withoutClosing: true, incomeOnly: false },
} as const satisfies Record<string, Pick<StatementScope, "withoutClosing" | "incomeOnly">>;

export type StatementName = keyof typeof bearing;

export interface ChangesQuery extends Pick<StatementScope, "since" | "asOf"> {
  readonly bookId: string;
  readonly statement: StatementName;
  readonly from: Knowledge;
  /** Null: now. */
  readonly to: Knowledge | null;
}

/** Where a page ended, and what its list goes up to. */
export interface ChangesPlace extends ChangePlace {
  readonly to: Knowledge & Seen;
}

export interface Changes {
  readonly rows: readonly ChangeRow[];
  /** The token of what `to` came to on the first page: asked for as `from`, it goes on where this list ends. */
  readonly knowledge: string;
}

/**
 * The entries that changed a statement between two points of knowledge, in the order in which they were recorded. What was
 * still being committed at the first is among them, and what still is at the second will be among the next.
 * @throws KNOWLEDGE_LOST for a token of another era; VALIDATION_FAILED where `to` is before `from`.
 * @param page - `limit`: the most entries; one more than the page has tells whether there is another
 */
export async function listChanges(
  tx: Tx,
  { statement, ...query }: ChangesQuery,
  page: { readonly limit: number; readonly after: ChangesPlace | null },
): Promise<Changes> {
  const { from, to } = query;
  const [seen, place] = await Promise.all([
    getSeen(tx, [from, to, page.after?.to ?? null]),
    page.after ?? findBeginning(tx, query),
  ]);
  const end = page.after?.to ?? toSeen(to, seen);
  const { xid, entryId } = place;
  const scope = { ...query, ...bearing[statement], to: end };
  const rows = xid === null ? [] : await selectChanges(tx, scope, { limit: page.limit, after: { xid, entryId } });
  return { rows, knowledge: formatKnowledge(end) };
}

/** Before the first entry of a list. */
async function findBeginning(tx: Tx, { bookId, from, to }: Omit<ChangesQuery, "statement">) {
  const { first, backward } = await selectSpan(tx, bookId, from, to);
  if (backward) {
    const fault = { pointer: "/query/to", detail: "must not be before from" };
    throw new AppError("VALIDATION_FAILED", { detail: `${fault.pointer}: ${fault.detail}`, fields: [fault] });
  }
  return { xid: first, entryId: "00000000-0000-0000-0000-000000000000" };
}
