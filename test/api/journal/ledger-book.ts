/** Books for property tests: what is generated, posted, and remembered as the reference has it. */
import fc from "fast-check";
import type { TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";

/** Prefixes of one another in every way that counts. */
export const accountPaths = ["Assets", "Assets:Bank", "Assets:Bank:A", "Assets:Bank:B:C", "Assets:Banking", "Income"];

/** Seven days on two sides of a year's and a month's end, and two far away. */
export const dates = [
  "1999-12-31",
  "2023-12-31",
  "2024-01-01",
  "2024-02-28",
  "2024-02-29",
  "2024-03-01",
  "2024-03-02",
  "2031-07-07",
];

const ownCommodities = { ACME: 4, SEAT: 0 };
const placesOf = { USD: 2, JPY: 0, KWD: 3, ...ownCommodities };

export type Side = "debit" | "credit";

export interface GeneratedLine {
  readonly account_path: string;
  readonly side: Side;
  readonly amount: string;
  readonly commodity: string;
  readonly price?: { readonly amount: string; readonly commodity: string };
  readonly rounding?: boolean;
}

export interface GeneratedEntry {
  readonly date: string;
  readonly memo?: string;
  readonly payee?: string;
  readonly tags: readonly string[];
  readonly lines: readonly GeneratedLine[];
}

const decimals = (places: number) =>
  fc.integer({ min: 0, max: 40_000 }).map((units) => {
    const digits = String(units).padStart(places + 1, "0");
    return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  });

/** Lines that balance by themselves: one against another, at a price or not, or a remainder against a remainder. */
const balanced: fc.Arbitrary<GeneratedLine[]> = fc
  .record({
    accounts: fc.tuple(fc.constantFrom(...accountPaths), fc.constantFrom(...accountPaths)),
    kind: fc.constantFrom("plain", "plain", "priced", "cost", "rounding"),
    commodity: fc.constantFrom("USD", "JPY", "KWD", "ACME", "SEAT"),
    quote: fc.constantFrom("USD", "KWD", "ACME"),
    price: decimals(3).filter((text) => /[1-9]/.test(text)),
    swapped: fc.boolean(),
  })
  .chain((drawn) =>
    decimals(placesOf[drawn.commodity as keyof typeof placesOf]).map((amount) => ({ ...drawn, amount })),
  )
  .map(({ accounts, kind, commodity, quote, price, swapped, amount }): GeneratedLine[] => {
    const sides: [Side, Side] = swapped ? ["credit", "debit"] : ["debit", "credit"];
    const pair = (one: object, other: object): GeneratedLine[] => [
      { account_path: accounts[0], side: sides[0], amount, commodity, ...one },
      { account_path: accounts[1], side: sides[1], amount, commodity, ...other },
    ];
    if (kind === "cost") {
      // Whole shares at a price in tenths of a cent of dinar: the product has the dinar's places.
      const [whole = "0"] = amount.split(".");
      const cost = { amount: price, commodity: "KWD" };
      const units = BigInt(whole) * BigInt(price.replace(".", ""));
      const total = String(units).padStart(4, "0");
      const paid = { amount: `${total.slice(0, -3)}.${total.slice(-3)}`, commodity: "KWD" };
      return pair({ amount: whole, commodity: "SEAT", price: cost }, paid);
    }
    if (kind === "priced" && quote !== commodity) {
      return pair({ price: { amount: price, commodity: quote } }, { price: { amount: price, commodity: quote } });
    }
    if (kind === "rounding") {
      const remainder = { amount: "0.00012345", commodity: "KWD", rounding: true };
      return pair(remainder, remainder);
    }
    return pair({}, {});
  });

const texts = ["Rent", "rENTAL", "50% off", "snake_case", "back\\slash", "Ärger", "ä", "%", "_", "\\", "a%b_c\\d"];

export const entries: fc.Arbitrary<GeneratedEntry> = fc.record(
  {
    date: fc.constantFrom(...dates),
    memo: fc.constantFrom(...texts),
    payee: fc.constantFrom(...texts),
    tags: fc.subarray(["food", "Food", "trip 1"]),
    lines: fc.array(balanced, { minLength: 1, maxLength: 4 }).map((pairs) => pairs.flat()),
  },
  { requiredKeys: ["date", "tags", "lines"] },
);

/** What to look for in them: parts of the texts, in any case, wildcards among them. */
export const searches = fc.oneof(
  fc.constantFrom("%", "_", "\\", "\\%", "__", "%%", "ENT", "ärger", "k\\S", "0% o", "nothing", "'", '"'),
  fc
    .constantFrom(...texts)
    .chain((text) =>
      fc
        .tuple(fc.nat(text.length - 1), fc.integer({ min: 1, max: 4 }))
        .map(([from, length]) => text.slice(from, from + length)),
    ),
);

/** A posted entry as the API answered it. */
export interface PostedEntry extends Omit<GeneratedEntry, "lines"> {
  readonly id: string;
  readonly lines: readonly (GeneratedLine & {
    readonly position: number;
    readonly account_id: string;
    readonly weight: { readonly amount: string; readonly commodity: string };
  })[];
}

export interface LedgerBook extends BookClient {
  /** By path. */
  readonly accountIds: ReadonlyMap<string, string>;
  /** Posts entries one by one or in bulk, and gives what the API answered. */
  postAll(list: readonly GeneratedEntry[], bulk: boolean): Promise<PostedEntry[]>;
}

/** An entry as a GET answers it, of what posting it answered. */
export function withoutBalances<Answer extends { readonly balances?: unknown }>(
  answer: Answer,
): Omit<Answer, "balances"> {
  const { balances: _, ...entry } = answer;
  return entry;
}

/** A new user's book with the accounts and commodities of the generated entries. */
export async function createLedgerBook(app: TestApp): Promise<LedgerBook> {
  const book = await createBookClient(app);
  const accountIds = new Map<string, string>();
  for (const path of accountPaths) accountIds.set(path, (await book.account(path)).id);
  for (const [code, places] of Object.entries(ownCommodities)) await book.post("/commodities", { code, places });
  return {
    ...book,
    accountIds,
    async postAll(list, bulk) {
      if (list.length === 0) return [];
      const answers = bulk
        ? [await book.post("/journal-entries/bulk", { entries: list })]
        : await Promise.all(list.map((entry) => book.post("/journal-entries", entry)));
      return answers.flatMap(({ status, body }) => {
        if (status !== 201) throw new Error(`posting answered ${JSON.stringify(body)}`);
        return (bulk ? body.items : [body]).map(withoutBalances);
      });
    },
  };
}
