import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ACCOUNT_TYPES, isWithin, normalSideOf, parentPathOf, parseAccountPath } from "../../src/domain/account.ts";

const names = fc.stringMatching(/^[A-Za-z0-9éÅ漢](?: ?[A-Za-z0-9é漢\-_.,&'()/+#%]){0,9}$/);
const paths = fc.array(names, { minLength: 1, maxLength: 16 }).map((components) => components.join(":"));

describe("parseAccountPath", () => {
  test.each([
    "Assets",
    "Assets:US:BofA:Checking",
    "Assets:US:ETrade:PreTax401k",
    "Equity:Opening-Balances",
    "1000:1010",
    "Expenses:Food & Drink",
    "Expenses:Joe's Café",
    "Vermögen:Bank",
    "資産:銀行",
    "संपत्ति:बैंक",
    "Assets:401(k)",
    "A/R",
    `A:${"b".repeat(64)}`,
    Array.from({ length: 16 }, () => "a").join(":"),
    `${"漢".repeat(63)}:${"漢".repeat(63)}:${"漢".repeat(63)}:${"漢".repeat(63)}`,
  ])("reads %p", (text) => {
    expect(parseAccountPath(text)).toBe(text);
  });

  test.each([
    "",
    ":",
    "Assets:",
    ":Bank",
    "Assets::Bank",
    " Assets",
    "Assets ",
    "Assets: Bank",
    "Assets :Bank",
    "Assets:Big  Bank",
    "-Assets",
    "Assets:Bank\n",
    "Assets\u0000",
    "Assets\tBank",
    "Assets\u00a0Bank",
    "Assets\u200bBank",
    "Assets\u202eBank",
    "Assets\u3164",
    "Assets\ufe0f",
    "\u0301Assets",
    "Assets\\Bank",
    'Assets"',
    "Assets<b>",
    "Assets;Bank",
    "Assets\ud800",
    "💰",
    "b".repeat(65),
    Array.from({ length: 17 }, () => "a").join(":"),
    [64, 63, 63, 63].map((length) => "b".repeat(length)).join(":"),
    "a".repeat(1_000_000),
  ])("refuses %p", (text) => {
    expect(parseAccountPath(text)).toBeNull();
  });

  test("gives one spelling of what is canonically the same", () => {
    expect(parseAccountPath("Expenses:Cafe\u0301")).toBe("Expenses:Caf\u00e9");
    fc.assert(
      fc.property(
        paths.filter((path) => path.length <= 200),
        (path) => {
          expect(parseAccountPath(path.normalize("NFD"))).toBe(path);
        },
      ),
    );
  });

  test("counts characters, not code units, and counts them once composed", () => {
    const longest = Array.from({ length: 4 }, () => "é".repeat(63)).join(":");
    expect(parseAccountPath(longest.normalize("NFD"))).toBe(longest);
    expect(parseAccountPath("𐐀".repeat(64))).toBe("𐐀".repeat(64));
    expect(parseAccountPath("𐐀".repeat(65))).toBeNull();
  });
});

describe("the tree", () => {
  test("a path lies within itself and every path above it, and nothing above lies within it", () => {
    fc.assert(
      fc.property(paths, (path) => {
        let above = parentPathOf(path);
        let depth = 1;
        expect(isWithin(path, path)).toBe(true);
        for (; above !== null; above = parentPathOf(above), depth++) {
          expect(isWithin(path, above)).toBe(true);
          expect(isWithin(above, path)).toBe(false);
        }
        expect(depth).toBe(path.split(":").length);
      }),
    );
  });

  test("a name that begins alike is not below", () => {
    expect(isWithin("Assets:Banking", "Assets:Bank")).toBe(false);
    expect(isWithin("Assets:Bank:Checking", "Assets:Bank")).toBe(true);
    expect(parentPathOf("Assets:Bank:Checking")).toBe("Assets:Bank");
    expect(parentPathOf("Assets")).toBeNull();
  });
});

test("assets and expenses grow by debits, the others by credits", () => {
  expect(ACCOUNT_TYPES.map((type) => [type, normalSideOf(type)])).toEqual([
    ["asset", "debit"],
    ["liability", "credit"],
    ["equity", "credit"],
    ["income", "credit"],
    ["expense", "debit"],
  ]);
});
