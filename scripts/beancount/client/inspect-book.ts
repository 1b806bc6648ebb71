import { z } from "zod";
import type { AccountBody, CommodityBody, ImportPlan, Planned } from "../plan/plan-types.ts";
import { formatFault } from "../syntax/fault.ts";
import type { ApiClient } from "./api-client.ts";
import { type Account, accountListSchema, type Commodity, commodityListSchema } from "./api-schemas.ts";
import { ImportStoppedError } from "./find-book.ts";

/** What the book lacks of the plan, and the ids of the accounts that it has. */
export interface Inspection {
  readonly commodities: readonly Planned<CommodityBody>[];
  readonly accounts: readonly Planned<AccountBody>[];
  readonly accountIds: ReadonlyMap<string, string>;
}

const entriesSchema = z.object({ items: z.array(z.unknown()) });

/**
 * Reads what the book holds before anything is written to it.
 * @throws ImportStoppedError when it has entries and `append` is not set, or accounts or commodities that contradict the plan
 */
export async function inspectBook(
  client: ApiClient,
  bookPath: string,
  plan: ImportPlan,
  append: boolean,
): Promise<Inspection> {
  if (!append && (await client.get(`${bookPath}/journal-entries?limit=1`, entriesSchema)).items.length > 0) {
    throw new ImportStoppedError([
      "the book has entries already, and a second import would post everything twice",
      "use an empty book, or --append when the entries that it has are others",
    ]);
  }
  const commodities = byKey(await listAll(client, `${bookPath}/commodities`, commodityListSchema), (item) => item.code);
  const accounts = byKey(await listAll(client, `${bookPath}/accounts`, accountListSchema), (item) => item.path);
  const conflicts = [
    ...plan.commodities.flatMap((planned) => commodityConflict(planned, commodities.get(planned.body.code)) ?? []),
    ...plan.accounts.flatMap((planned) => accountConflict(planned, accounts.get(planned.body.path)) ?? []),
  ];
  if (conflicts.length > 0) throw new ImportStoppedError(conflicts);
  return {
    commodities: plan.commodities.filter(({ body }) => !commodities.has(body.code)),
    accounts: plan.accounts.filter(({ body }) => !accounts.has(body.path)),
    accountIds: new Map([...accounts.values()].map(({ path, id }) => [path, id])),
  };
}

function commodityConflict(planned: Planned<CommodityBody>, found: Commodity | undefined): string | null {
  if (!found || found.places >= planned.body.places) return null;
  const message = `the book's ${found.code} has ${found.places} places, and ${planned.body.places} are needed`;
  return formatFault({ ...planned, message });
}

function accountConflict(planned: Planned<AccountBody>, found: Account | undefined): string | null {
  if (!found) return null;
  const { path, type, commodities, opened_on } = planned.body;
  const fault = (message: string): string => formatFault({ ...planned, message: `the book has ${path}: ${message}` });
  if (found.type !== type) return fault(`of type ${found.type}, not ${type}`);
  if (found.closed_on !== null) return fault(`closed on ${found.closed_on}`);
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
