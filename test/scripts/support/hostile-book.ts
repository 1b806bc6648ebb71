/** Books that are hard to carry: names, texts and amounts at the edges of what the API takes, drafts, voids, closed accounts. */
import fc from "fast-check";
import { ACCOUNT_TYPES, parseAccountPath } from "../../../src/domain/account.ts";
import { type GeneratedEntry, type GeneratedLine, entries as plainEntries } from "../../api/journal/ledger-book.ts";

/** What the generated entries of the journal's tests post to and in, and what only these have. */
const plainPaths = ["Assets", "Assets:Bank", "Assets:Bank:A", "Assets:Bank:B:C", "Assets:Banking", "Income"];
const hostilePaths = [
  "Assets:bank",
  "assets:Bank",
  "Path-x:Assets:Bank",
  "Assets:Path-x:Bank",
  "Expenses:Food & Drink",
  "Expenses:Food-x20x26x20-Drink",
  "Expenses:X-x66-ood",
  "Expenses:food",
  "日本:銀行 (本店)",
  "1st Bank",
  "Ärger:ß’s",
  "Income:50% +#1/2",
];
const start = fc.constantFrom(..."AXax1Ä日ⅷ²");
const inner = fc.constantFrom(..."Aax1-x-é̂ⅷ_.,&'’()/+#%", " a", "-x");
const randomPath = fc
  .array(
    fc.tuple(start, fc.array(inner, { maxLength: 5 })).map(([first, rest]) => first + rest.join("")),
    { minLength: 1, maxLength: 3 },
  )
  .chain((names) => fc.constantFrom(names, ["Assets", ...names]))
  .map((names) => parseAccountPath(names.join(":")))
  .filter((path) => path !== null);

const nasty = [
  '"',
  "\\",
  '\\"',
  "; no comment",
  "* not a heading",
  "ünïcödé 😀",
  "a\\nb",
  "{}",
  "#tag ^link",
  "0.5 USD @ 2",
  "|",
];
const isText = (text: string, lengthMax: number) =>
  text.length <= lengthMax &&
  text.trim() === text &&
  !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text) &&
  /[^\p{C}\p{Z}\p{M}]/u.test(text);
const textOf = (lengthMax: number) =>
  fc
    .oneof(
      fc.constantFrom(...nasty),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
      fc.constantFrom("x", "\\", '"').map((one) => one.repeat(lengthMax)),
    )
    .filter((text) => isText(text, lengthMax));

const jsonOk = (value: unknown) => !/\\u0000|__proto__/.test(JSON.stringify(value));
const metadata = fc
  .dictionary(
    fc.oneof(fc.constantFrom("flag", "footing_id", "a b"), fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 })),
    fc.jsonValue({ maxDepth: 2 }),
    {
      maxKeys: 3,
      noNullPrototype: true,
    },
  )
  .filter(jsonOk)
  // As it is once it has been JSON: without "-0".
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });
const labels = fc.array(fc.oneof(fc.constantFrom("food", "trip-x", "a b", "a-x20-b"), textOf(100)), { maxLength: 3 });

/** Own commodities, by their places; some are words of beancount's. */
export const ownCommodities = { ACME: 4, SEAT: 0, TRUE: 2, V: 18, "FTG-V": 18, "A.B-C'D": 3 };

/** To the last place on either side, zeros on both sides, and prices of 18 places. */
const extremeLines = (paths: readonly string[]): fc.Arbitrary<GeneratedLine[]> =>
  fc
    .record({
      accounts: fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...paths)),
      commodity: fc.constantFrom("V", "FTG-V", "XAU"),
      amount: fc.constantFrom(
        "0",
        "0.000000000000000001",
        "99999999999999999999.999999999999999999",
        "1.100000000000000000",
      ),
      price: maybe(fc.constantFrom("0.000000000000000001", "12345678901234567890.123456789012345678")),
      swapped: fc.boolean(),
    })
    .map(({ accounts, price, swapped, ...rest }) => {
      const line = {
        ...rest,
        ...(price === undefined ? {} : { price: { amount: price, commodity: "EUR", source: 'a "source"' } }),
      };
      return [
        { ...line, account_path: accounts[0], side: swapped ? "credit" : "debit" },
        { ...line, account_path: accounts[1], side: swapped ? "debit" : "credit" },
      ];
    });

export interface HostileEntry extends GeneratedEntry {
  readonly draft: boolean;
  /** How many days later, counted in the list of dates, it is voided; null: never. */
  readonly voidReason: string | null;
}

const hostileEntry = (paths: readonly string[]): fc.Arbitrary<HostileEntry> =>
  fc
    .record({
      plain: plainEntries,
      more: fc.array(extremeLines(paths), { maxLength: 2 }),
      texts: fc.record({ memo: maybe(textOf(1000)), payee: maybe(textOf(200)), source: maybe(textOf(100)) }),
      labels: fc.record({ tags: labels, links: labels }),
      rest: fc.record({ metadata, closing: fc.boolean() }),
      lineTexts: fc.array(fc.record({ memo: maybe(textOf(500)), metadata }), { maxLength: 3 }),
      draft: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      voidReason: fc.option(textOf(500), { freq: 2 }),
    })
    .map(({ plain, more, texts, labels: both, rest, lineTexts, draft, voidReason }) => ({
      ...JSON.parse(JSON.stringify({ ...plain, ...texts, ...both, ...rest })),
      lines: [...plain.lines, ...more.flat()].map((line, index) => ({ ...line, ...lineTexts[index] })),
      draft,
      voidReason: draft ? null : voidReason,
    }));

export interface HostileAccount {
  readonly path: string;
  readonly type: (typeof ACCOUNT_TYPES)[number];
  readonly code?: string | undefined;
  readonly description?: string | undefined;
  readonly commodities?: string[] | undefined;
  readonly cash_flow?: string | undefined;
  readonly opened_on?: string | undefined;
  readonly closed_on: string | undefined;
  readonly active: boolean;
}

const accountOf = (path: string): fc.Arbitrary<HostileAccount> =>
  fc.record({
    path: fc.constant(path),
    type: fc.constantFrom(...ACCOUNT_TYPES),
    description: maybe(textOf(1000)),
    opened_on: maybe(fc.constantFrom("1999-12-31", "0001-01-01")),
    closed_on: maybe(fc.constantFrom("2031-07-07", "9999-12-31")),
    cash_flow: maybe(fc.constantFrom("cash", "operating", "investing", "financing")),
    active: fc.boolean(),
  });

/** Without lines: closed before the first entry of the book, and on the day that they open. */
const unused: readonly HostileAccount[] = [
  { path: "Empty:Unused", type: "asset", closed_on: "1900-01-01", commodities: ["TRUE", "USD"], active: true },
  { path: "Empty:Day", type: "equity", opened_on: "2024-02-29", closed_on: "2024-02-29", active: false },
];

export interface HostileBook {
  readonly accounts: readonly HostileAccount[];
  readonly entries: readonly HostileEntry[];
  readonly prices: readonly object[];
}

export const hostileBooks: fc.Arbitrary<HostileBook> = fc
  .uniqueArray(fc.oneof(fc.constantFrom(...hostilePaths), randomPath), { minLength: 2, maxLength: 8 })
  .map((paths) => [...new Set([...plainPaths, ...paths])])
  .chain((paths) =>
    fc.record({
      accounts: fc
        .tuple(...paths.map(accountOf))
        .map((accounts) => [
          ...accounts.map((account, index) => (index % 3 === 0 ? { ...account, code: `"${index}\\` } : account)),
          ...unused,
        ]),
      entries: fc.array(hostileEntry(paths), { maxLength: 8 }),
      prices: fc.uniqueArray(
        fc.record({
          commodity: fc.constantFrom("ACME", "V", "TRUE"),
          quote: fc.constantFrom("USD", "SEAT"),
          date: fc.constantFrom("1999-12-31", "2024-02-29"),
          price: fc.constantFrom("0.000000000000000001", "10.50"),
          source: maybe(textOf(100)),
        }),
        { selector: ({ commodity, quote, date }) => `${commodity} ${quote} ${date}`, maxLength: 5 },
      ),
    }),
  );
