import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ACCOUNT_TYPES, parseAccountPath } from "../../../src/domain/account.ts";
import { COMMODITY_CODE_PATTERN } from "../../../src/domain/currency.ts";
import { toBeancountAccount, toBeancountCurrency, toBeancountLabel } from "../../../src/modules/export/name-rules.ts";

/** As beancount's own parser checks an account, the roots being those by default. */
const beancountAccount = /^(?:Assets|Liabilities|Equity|Income|Expenses)(?::[\p{Lu}\p{Nd}][\p{L}\p{Nd}-]*)+$/u;

/** Names made of what mappings are made of, so that a collision is likely where there can be one. */
const pieces = fc.constantFrom(
  "X",
  "x",
  "-",
  "-x",
  "x2d",
  "26",
  "-x26-",
  "&",
  "ⅷ",
  "a",
  "A",
  "é",
  " b",
  "Path",
  "Assets",
  "66",
);
const name = fc.array(pieces, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
const account = fc
  .record({
    names: fc.array(name, { minLength: 1, maxLength: 3 }),
    type: fc.constantFrom(...ACCOUNT_TYPES),
    isRooted: fc.boolean(),
  })
  .map(({ names, type, isRooted }) => ({
    type,
    path: parseAccountPath((isRooted ? ["Assets", ...names] : names).join(":")),
  }))
  .filter((one): one is { type: (typeof ACCOUNT_TYPES)[number]; path: string } => one.path !== null);

describe("names in a beancount file", () => {
  test("an account fits beancount's grammar, and two never become one", () => {
    fc.assert(
      fc.property(fc.uniqueArray(account, { maxLength: 60, selector: ({ path }) => path }), (accounts) => {
        const written = accounts.map(toBeancountAccount);
        for (const text of written) expect(text).toMatch(beancountAccount);
        expect(new Set(written).size).toBe(accounts.length);
      }),
      { numRuns: 1_000 },
    );
  });

  test("an account that fits stays as it is", () => {
    for (const path of [
      "Assets:Bank",
      "Assets:US:BofA:Checking",
      "Assets:401k",
      "Assets:Ärger-2",
      "Assets:X",
      "Assets:X-Ray",
    ]) {
      expect(toBeancountAccount({ path, type: "asset" })).toBe(path);
    }
    expect(toBeancountAccount({ path: "Expenses:Food & Drink", type: "expense" })).toBe(
      "Expenses:Food-x20x26x20-Drink",
    );
    expect(toBeancountAccount({ path: "Expenses:food", type: "expense" })).toBe("Expenses:X-x66-ood");
    expect(toBeancountAccount({ path: "Bank", type: "asset" })).toBe("Assets:Path-x:Bank");
    expect(toBeancountAccount({ path: "Assets:Bank", type: "income" })).toBe("Income:Path-x:Assets:Bank");
  });

  test("a tag or link has beancount's characters alone, and two never become one", () => {
    const label = fc.oneof(name, fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }));
    fc.assert(
      fc.property(fc.uniqueArray(label, { maxLength: 40 }), (labels) => {
        const written = labels.map(toBeancountLabel);
        for (const text of written) expect(text).toMatch(/^[A-Za-z0-9\-_/.]+$/);
        expect(new Set(written).size).toBe(labels.length);
      }),
      { numRuns: 1_000 },
    );
  });

  test("a commodity is a currency of two characters or more and no word of beancount's, and two never become one", () => {
    const code = fc.oneof(
      fc.constantFrom("A", "V", "TRUE", "FALSE", "NULL", "FTG-V", "FTG-FTG-V", "FTG-TRUE", "FTG-ACME", "USD", "FTG"),
      fc.stringMatching(COMMODITY_CODE_PATTERN),
    );
    fc.assert(
      fc.property(fc.uniqueArray(code, { maxLength: 20 }), (codes) => {
        const written = codes.map(toBeancountCurrency);
        for (const text of written) {
          expect(text).toMatch(/^[A-Z][A-Z0-9'._-]*[A-Z0-9]$/);
          expect(["TRUE", "FALSE", "NULL"]).not.toContain(text);
        }
        expect(new Set(written).size).toBe(codes.length);
      }),
    );
  });
});
