/** A book with an account of every kind, and random steps in its history: entries, voids, prices and their ends. */
import fc from "fast-check";
import type { Answer, TestApp } from "../../support/app.ts";
import { createBookClient } from "../accounts/book-client.ts";

export const accounts = {
  "Assets:Cash": { type: "asset", cash_flow: "cash" },
  "Assets:Cash:Till": { type: "asset" },
  "Assets:Cash:Bond": { type: "asset", cash_flow: "investing" },
  "Assets:Stock": { type: "asset" },
  "Assets:Receivable": { type: "asset", cash_flow: "operating" },
  "Liabilities:Loan": { type: "liability" },
  "Equity:Capital": { type: "equity" },
  "Income:Sales": { type: "income" },
  "Expenses:Rent": { type: "expense" },
} as const;
export type AccountPath = keyof typeof accounts;
export const paths = Object.keys(accounts) as AccountPath[];

export const days = ["2023-12-30", "2023-12-31", "2024-01-01", "2024-02-29", "2024-03-01"];
const day = fc.constantFrom(...days);
const unit = fc
  .integer({ min: 0, max: 99_999 })
  .map((units) => `${Math.floor(units / 100)}.${String(units % 100).padStart(2, "0")}`);
const price = fc
  .integer({ min: 1, max: 9_999 })
  .map((units) => `${Math.floor(units / 1000)}.${String(units % 1000).padStart(3, "0")}`);

const lines = fc
  .record({
    accounts: fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...paths)),
    amount: unit,
    commodity: fc.constantFrom("USD", "EUR", "ACME"),
    price: fc.option(price, { nil: null }),
  })
  .map(({ accounts: [one, other], amount, commodity, price: cost }) => {
    const line = { amount, commodity };
    if (commodity !== "ACME" || cost === null) {
      return [
        { account_path: one, side: "debit", ...line },
        { account_path: other, side: "credit", ...line },
      ];
    }
    // Bought for KWD, whose three places hold the product of a whole number and a price of three places.
    const whole = amount.split(".")[0] ?? "0";
    const total = String(BigInt(whole) * BigInt(cost.replace(".", ""))).padStart(4, "0");
    return [
      { account_path: one, side: "debit", amount: whole, commodity, price: { amount: cost, commodity: "KWD" } },
      { account_path: other, side: "credit", amount: `${total.slice(0, -3)}.${total.slice(-3)}`, commodity: "KWD" },
    ];
  });

const posting = fc.record({
  kind: fc.constant("post" as const),
  date: day,
  closing: fc.boolean(),
  lines: fc.array(lines, { minLength: 1, maxLength: 3 }).map((pairs) => pairs.flat()),
});
const voiding = fc.record({ kind: fc.constant("void" as const), which: fc.nat(20), date: day });
const fact = { commodity: fc.constantFrom("EUR", "ACME", "KWD"), date: day };
const pricing = fc.record({ kind: fc.constant("price" as const), ...fact, price });
const unpricing = fc.record({ kind: fc.constant("unprice" as const), ...fact });

export const steps = fc.oneof(
  { weight: 5, arbitrary: posting },
  { weight: 2, arbitrary: voiding },
  { weight: 3, arbitrary: pricing },
  { weight: 1, arbitrary: unpricing },
);
export type Step = typeof steps extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** An entry as the API answered it. */
export interface WireEntry {
  readonly id: string;
  readonly date: string;
  readonly closing: boolean;
  readonly voids: string | null;
  readonly lines: readonly {
    readonly account_path: AccountPath;
    readonly side: "debit" | "credit";
    readonly amount: string;
    readonly commodity: string;
    readonly weight: { readonly amount: string; readonly commodity: string };
  }[];
}

export interface PriceVersion {
  readonly commodity: string;
  readonly date: string;
  /** Null: deleted. */
  readonly price: string | null;
}

/** What a step recorded; neither where it did nothing. */
export interface Recorded {
  readonly entry?: WireEntry;
  readonly price?: PriceVersion;
}

/** A new user's book with these accounts, which takes steps. */
export async function createReportsBook(app: TestApp) {
  const book = await createBookClient(app);
  for (const [path, fields] of Object.entries(accounts)) await book.account(path, fields);
  await book.post("/commodities", { code: "ACME", places: 4 });
  const posted: WireEntry[] = [];
  const voided = new Set<string>();
  const prices = new Map<string, string>();

  async function take(step: Step): Promise<Recorded> {
    if (step.kind === "post") {
      const { date, closing, lines: own } = step;
      return recordEntry(created(await book.post("/journal-entries", { date, closing, lines: own })));
    }
    if (step.kind === "void") {
      const entry = posted
        .filter(({ id, voids }) => voids === null && !voided.has(id))
        .at(step.which % Math.max(1, posted.length));
      if (entry === undefined) return {};
      const [, date] = [step.date, entry.date].toSorted();
      voided.add(entry.id);
      return recordEntry(
        created(await book.post(`/journal-entries/${entry.id}/void`, { date, reason: "Entered twice" })),
      );
    }
    const { commodity, date } = step;
    const key = `${commodity} ${date}`;
    if (step.kind === "price") {
      const { id } = created(await book.post("/prices", { commodity, quote: "USD", date, price: step.price })).body;
      prices.set(key, id);
      return { price: { commodity, date, price: step.price } };
    }
    const id = prices.get(key);
    if (id === undefined) return {};
    prices.delete(key);
    if ((await book.delete(`/prices/${id}`)).status !== 204) throw new Error("a price could not be deleted");
    return { price: { commodity, date, price: null } };
  }

  function recordEntry({ body }: Answer): Recorded {
    posted.push(body);
    return { entry: body };
  }

  return { ...book, take };
}

export type ReportsBook = Awaited<ReturnType<typeof createReportsBook>>;

function created(answer: Answer): Answer {
  if (answer.status !== 201) throw new Error(`a step answered ${JSON.stringify(answer.body)}`);
  return answer;
}
