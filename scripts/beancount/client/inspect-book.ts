import { z } from "zod";
import type { ApiClient } from "../../client/api-client.ts";
import { type Account, accountListSchema, type Commodity, commodityListSchema } from "../../client/api-schemas.ts";
import { ImportStoppedError } from "../../client/find-book.ts";
import type { AccountBody, Closing, CommodityBody, ImportPlan, Planned } from "../plan/plan-types.ts";
import { formatFault } from "../syntax/fault.ts";
import type { KeyedBatch } from "./keyed-batches.ts";
import { isPosted } from "./post-batch.ts";

/** What the book lacks of the plan. */
export interface Missing {
  readonly commodities: readonly Planned<CommodityBody>[];
  readonly accounts: readonly Planned<AccountBody>[];
  readonly closings: readonly Planned<Closing>[];
  readonly deactivations: ImportPlan["deactivations"];
}

export interface Inspection {
  readonly missing: Missing;
  /** The ids of the accounts that the book has, by their paths; for the caller to complete. */
  readonly accountIds: Map<string, string>;
}

const entriesSchema = z.object({ items: z.array(z.unknown()) });

/**
 * Lets the import into a book without entries, and into one where an earlier run of the same import began: there the API
 * has the first batch under its key.
 * @throws ImportStoppedError for any other book; nothing was written to it
 */
export async function assertNoForeignEntries(
  client: ApiClient,
  bookPath: string,
  firstBatch: KeyedBatch | undefined,
): Promise<void> {
  const { items } = await client.get(`${bookPath}/journal-entries?limit=1`, entriesSchema);
  if (items.length === 0 || (firstBatch && (await isPosted(client, bookPath, firstBatch)))) return;
  throw new ImportStoppedError([
    "the book has entries already, and they are not known to come from an earlier run of this file with this API key",
    "go on with the file and the key that it was begun with (for 30 days), use an empty book,",
    "or --append when the entries that it has are others",
  ]);
}

/**
 * Reads what the book holds before anything is written to it.
 * @throws ImportStoppedError when it has accounts or commodities that contradict the plan
 */
export async function inspectBook(client: ApiClient, bookPath: string, plan: ImportPlan): Promise<Inspection> {
  const commodities = byKey(await listAll(client, `${bookPath}/commodities`, commodityListSchema), (item) => item.code);
  const accounts = byKey(await listAll(client, `${bookPath}/accounts`, accountListSchema), (item) => item.path);
  const closings = byKey(plan.closings, ({ body }) => body.path);
  const conflicts = [
    ...plan.commodities.flatMap((planned) => commodityConflict(planned, commodities.get(planned.body.code)) ?? []),
    ...plan.accounts.flatMap((planned) => {
      const { path } = planned.body;
      return accountConflict(planned, accounts.get(path), closings.get(path)?.body.closed_on) ?? [];
    }),
  ];
  if (conflicts.length > 0) throw new ImportStoppedError(conflicts);
  return {
    missing: {
      commodities: plan.commodities.filter(({ body }) => !commodities.has(body.code)),
      accounts: plan.accounts.filter(({ body }) => !accounts.has(body.path)),
      closings: plan.closings.filter(({ body }) => (accounts.get(body.path)?.closed_on ?? null) === null),
      deactivations: plan.deactivations.filter(({ body }) => accounts.get(body.path)?.active !== false),
    },
    accountIds: new Map([...accounts.values()].map(({ path, id }) => [path, id])),
  };
}

function commodityConflict(planned: Planned<CommodityBody>, found: Commodity | undefined): string | null {
  if (!found || found.places >= planned.body.places) return null;
  const message = `the book's ${found.code} has ${found.places} places, and ${planned.body.places} are needed`;
  return formatFault({ ...planned, message });
}

function accountConflict(
  planned: Planned<AccountBody>,
  found: Account | undefined,
  closingOn: string | undefined,
): string | null {
  if (!found) return null;
  const { path, type, commodities, opened_on } = planned.body;
  const fault = (message: string): string => formatFault({ ...planned, message: `the book has ${path}: ${message}` });
  if (found.type !== type) return fault(`of type ${found.type}, not ${type}`);
  if (found.closed_on !== null && found.closed_on !== closingOn) return fault(`closed on ${found.closed_on}`);
  if (found.opened_on !== null && found.opened_on > (opened_on ?? ""))
    return fault(`opened only on ${found.opened_on}`);
  const missing = found.commodities && (commodities ?? ["any"]).filter((code) => !found.commodities?.includes(code));
  return missing && missing.length > 0 ? fault(`without the commodity ${missing.join(", ")}`) : null;
}

async function listAll<T>(
  client: ApiClient,
  path: string,
  schema: z.ZodType<{ items: T[]; next_cursor: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: { items: T[]; next_cursor: string | null } = await client.get(
      `${path}?limit=200${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      schema,
    );
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
}

function byKey<T>(items: readonly T[], key: (item: T) => string): Map<string, T> {
  return new Map(items.map((item) => [key(item), item]));
}
