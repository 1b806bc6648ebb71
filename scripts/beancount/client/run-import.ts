import { z } from "zod";
import type { ImportPlan, Planned } from "../plan/plan-types.ts";
import { formatFault } from "../syntax/fault.ts";
import type { ApiClient } from "./api-client.ts";
import { ApiRefusedError } from "./api-errors.ts";
import { accountSchema, createdListSchema, type TrialBalanceTotal, trialBalanceSchema } from "./api-schemas.ts";
import { cutBatches } from "./batches.ts";
import { type AssertionResult, checkAssertion } from "./check-assertions.ts";
import { ImportStoppedError } from "./find-book.ts";
import { inspectBook } from "./inspect-book.ts";

/** What the API has confirmed so far. It is true at any moment, an import that stops half-way included. */
export interface ImportProgress {
  commodities: number;
  accounts: number;
  prices: number;
  entries: number;
  closings: number;
  readonly assertions: AssertionResult[];
  totals: readonly TrialBalanceTotal[] | null;
}

export interface ImportOptions {
  readonly bookId: string;
  readonly append: boolean;
  readonly onProgress: (step: string, done: number, total: number) => void;
}

/** Sends the plan, then checks its assertions and the trial balance against what the API answers. */
export async function runImport(
  client: ApiClient,
  plan: ImportPlan,
  options: ImportOptions,
  progress: ImportProgress,
): Promise<void> {
  const bookPath = `/books/${options.bookId}`;
  const { onProgress } = options;
  const missing = await inspectBook(client, bookPath, plan, options.append);
  const accountIds = new Map(missing.accountIds);
  for (const planned of missing.commodities) {
    await told(planned, () => client.post(`${bookPath}/commodities`, planned.body, z.unknown()));
    onProgress("commodities", ++progress.commodities, missing.commodities.length);
  }
  for (const planned of missing.accounts) {
    const account = await told(planned, () => client.post(`${bookPath}/accounts`, planned.body, accountSchema));
    accountIds.set(planned.body.path, account.id);
    onProgress("accounts", ++progress.accounts, missing.accounts.length);
  }
  for (const batch of cutBatches(plan.prices)) {
    progress.prices += await postBatch(client, `${bookPath}/prices/bulk`, "prices", batch);
    onProgress("prices", progress.prices, plan.prices.length);
  }
  for (const batch of cutBatches(plan.entries)) {
    progress.entries += await postBatch(client, `${bookPath}/journal-entries/bulk`, "entries", batch);
    onProgress("entries", progress.entries, plan.entries.length);
  }
  for (const planned of plan.closings) {
    const path = `${bookPath}/accounts/${accountIds.get(planned.body.path)}/close`;
    await told(planned, () => client.post(path, { closed_on: planned.body.closed_on }, z.unknown()));
    onProgress("closings", ++progress.closings, plan.closings.length);
  }
  for (const assertion of plan.assertions) {
    progress.assertions.push(await checkAssertion(client, bookPath, assertion, accountIds));
    onProgress("assertions", progress.assertions.length, plan.assertions.length);
  }
  progress.totals = (await client.get(`${bookPath}/reports/trial-balance`, trialBalanceSchema)).totals;
}

export function emptyProgress(): ImportProgress {
  return { commodities: 0, accounts: 0, prices: 0, entries: 0, closings: 0, assertions: [], totals: null };
}

async function postBatch(
  client: ApiClient,
  path: string,
  field: "entries" | "prices",
  batch: readonly Planned<unknown>[],
): Promise<number> {
  try {
    const { items } = await client.post(path, { [field]: batch.map(({ body }) => body) }, createdListSchema);
    if (items.length === batch.length) return items.length;
    throw new ImportStoppedError([`${batch.length} ${field} were sent, and ${items.length} were confirmed`]);
  } catch (error) {
    if (!(error instanceof ApiRefusedError)) throw error;
    throw new ImportStoppedError([error.message, ...faultsOf(error, field, batch)]);
  }
}

/** The faults of a bulk answer, each with the place in the book that it is about. */
function faultsOf({ problem }: ApiRefusedError, field: string, batch: readonly Planned<unknown>[]): string[] {
  return (problem.errors ?? []).map(({ pointer = "", detail = "" }) => {
    const index = new RegExp(`^/${field}/(\\d+)`).exec(pointer)?.[1];
    const planned = index === undefined ? undefined : batch[Number(index)];
    return planned ? formatFault({ ...planned, message: `${pointer}: ${detail}` }) : `${pointer}: ${detail}`;
  });
}

async function told<T>(planned: Planned<unknown>, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof ApiRefusedError)) throw error;
    const details = (error.problem.errors ?? []).map(({ pointer, detail }) => `  ${pointer ?? ""} ${detail ?? ""}`);
    throw new ImportStoppedError([formatFault({ ...planned, message: error.message }), ...details]);
  }
}
