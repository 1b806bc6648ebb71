import { z } from "zod";
import type { ApiClient } from "../../client/api-client.ts";
import { accountSchema, createdSchema, trialBalanceSchema } from "../../client/api-schemas.ts";
import type { ImportPlan, PlannedEntry, PlannedVoid } from "../plan/plan-types.ts";
import { checkAssertion } from "./check-assertions.ts";
import { confirmedOf, type ImportCounts, type ImportProgress } from "./import-progress.ts";
import { assertNoForeignEntries, inspectBook, type Missing } from "./inspect-book.ts";
import { type KeyedBatch, keyBatches } from "./keyed-batches.ts";
import { makeMissing, placeRefusal } from "./make-missing.ts";
import { postBatch } from "./post-batch.ts";

export interface ImportOptions {
  readonly bookId: string;
  readonly append: boolean;
  readonly onProgress: (step: string, done: number, total: number) => void;
}

/**
 * Sends what the book lacks of the plan, then checks its assertions and the trial balance against what the API answers.
 * Run again, also after a run that was cut off anywhere, it completes the plan and adds nothing twice: prices and entries
 * by the keys of their batches; commodities, accounts and closings as the book itself tells which it has.
 */
export async function runImport(
  client: ApiClient,
  plan: ImportPlan,
  { bookId, append, onProgress }: ImportOptions,
  progress: ImportProgress,
): Promise<void> {
  const bookPath = `/books/${bookId}`;
  const prices = await keyBatches(bookId, "prices", plan.prices);
  const entries = await keyBatches(
    bookId,
    "entries",
    plan.entries,
    plan.voids.map(({ after }) => after),
  );
  if (!append) await assertNoForeignEntries(client, bookPath, entries[0]);
  const { missing, accountIds } = await inspectBook(client, bookPath, plan);
  countFound(plan, missing, progress.found);

  const count = (kind: keyof ImportCounts, isReplay: boolean, items = 1): void => {
    progress[isReplay ? "replayed" : "imported"][kind] += items;
    onProgress(kind, confirmedOf(progress, kind), plan[kind].length);
  };
  for (const planned of missing.commodities) {
    const made = await makeMissing(client, `${bookPath}/commodities`, planned, z.unknown());
    count("commodities", made.isReplay);
  }
  for (const planned of missing.accounts) {
    const made = await makeMissing(client, `${bookPath}/accounts`, planned, accountSchema);
    accountIds.set(planned.body.path, made.answer.id);
    count("accounts", made.isReplay);
  }
  for (const batch of prices) {
    count("prices", (await postBatch(client, bookPath, "prices", batch)).isReplay, batch.items.length);
  }
  await postEntries(client, bookPath, { batches: entries, voids: plan.voids }, count);
  for (const planned of missing.closings) {
    const { path, closed_on } = planned.body;
    const closing = { ...planned, body: { closed_on } };
    const made = await makeMissing(client, `${bookPath}/accounts/${accountIds.get(path)}/close`, closing, z.unknown());
    count("closings", made.isReplay);
  }
  for (const planned of missing.deactivations) {
    const path = `${bookPath}/accounts/${accountIds.get(planned.body.path)}`;
    const write = { path, key: `beancount-${crypto.randomUUID()}`, body: { active: false } };
    count("deactivations", (await placeRefusal(planned, () => client.patch(write, z.unknown()))).isReplay);
  }

  for (const assertion of plan.assertions) {
    progress.assertions.push(await checkAssertion(client, bookPath, assertion, accountIds));
    onProgress("assertions", progress.assertions.length, plan.assertions.length);
  }
  progress.totals = (await client.get(`${bookPath}/reports/trial-balance`, trialBalanceSchema)).totals;
}

/** Posts the batches in order, and voids where the plan has it between them. */
async function postEntries(
  client: ApiClient,
  bookPath: string,
  { batches, voids }: { readonly batches: readonly KeyedBatch<PlannedEntry>[]; readonly voids: readonly PlannedVoid[] },
  count: (kind: "entries" | "voids", isReplay: boolean, items?: number) => void,
): Promise<void> {
  const due = [...voids];
  const voided = new Set(voids.map(({ body }) => body.voids));
  const entryIds = new Map<string, string>();
  let posted = 0;
  for (const batch of batches) {
    const { ids, isReplay } = await postBatch(client, bookPath, "entries", batch);
    for (const [index, { exportedId }] of batch.items.entries()) {
      if (exportedId !== null && voided.has(exportedId)) entryIds.set(exportedId, ids[index] ?? "");
    }
    posted += batch.items.length;
    count("entries", isReplay, batch.items.length);
    while (due[0] !== undefined && due[0].after <= posted) {
      const planned = due[0];
      const { voids: exportedId, ...body } = planned.body;
      const entryId = entryIds.get(exportedId);
      // What it voids is voided once: a key of its id stands for nothing else.
      const write = { path: `${bookPath}/journal-entries/${entryId}/void`, key: `beancount-void-${entryId}`, body };
      count("voids", (await placeRefusal(planned, () => client.post(write, createdSchema))).isReplay);
      due.shift();
    }
  }
}

function countFound(plan: ImportPlan, missing: Missing, found: ImportCounts): void {
  for (const kind of ["commodities", "accounts", "closings", "deactivations"] as const) {
    found[kind] = plan[kind].length - missing[kind].length;
  }
}
