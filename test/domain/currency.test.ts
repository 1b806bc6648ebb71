import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import {
  COMMODITY_CODE_PATTERN,
  findCurrency,
  isCurrentCurrency,
  listCurrencies,
  minorUnitsOf,
} from "../../src/domain/currency.ts";

/** The code list of somebody else; its rows are Entity,Currency,AlphabeticCode,NumericCode,MinorUnit,WithdrawalDate. */
const CODE_LIST = new URL("../../../shared/fixtures/iso4217/codes-all.csv", import.meta.url);
const present = existsSync(CODE_LIST);

function readCodeList(): { code: string; name: string; minorUnits: string; withdrawn: boolean }[] {
  const [, ...rows] = readFileSync(CODE_LIST, "utf8").trim().split(/\r?\n/);
  return rows
    .map((row) => [...row.matchAll(/("[^"]*"|[^,]*)(?:,|$)/g)].map(([, cell = ""]) => cell.replaceAll('"', "").trim()))
    .map(([, name = "", code = "", , minorUnits = "", withdrawal = ""]) => ({
      code,
      name,
      minorUnits,
      withdrawn: withdrawal !== "",
    }))
    .filter(({ code }) => code !== "");
}

describe.skipIf(!present)(`the published code list${present ? "" : " (absent: skipped)"}`, () => {
  const rows = present ? readCodeList() : [];
  const current = rows.filter(({ withdrawn }) => !withdrawn);
  const currentCodes = new Set(current.map(({ code }) => code));

  test("every code in force is a currency, with its name and minor units", () => {
    expect(currentCodes.size).toBeGreaterThan(150);
    for (const { code, name, minorUnits } of current) {
      expect(findCurrency(code)).toEqual({ code, name, places: minorUnits === "-" ? 18 : Number(minorUnits) });
      expect(minorUnitsOf(code)).toBe(minorUnits === "-" ? 18 : Number(minorUnits));
    }
  });

  test("every currency is a code in force", () => {
    expect(listCurrencies().map(({ code }) => code)).toEqual([...currentCodes].sort());
  });

  test("no withdrawn code is a currency", () => {
    const withdrawn = rows.map(({ code }) => code).filter((code) => !currentCodes.has(code));
    expect(withdrawn).toContain("DEM");
    for (const code of withdrawn)
      expect([code, isCurrentCurrency(code), minorUnitsOf(code)]).toEqual([code, false, null]);
  });
});

test.each([
  ["JPY", 0],
  ["UYI", 0],
  ["USD", 2],
  ["EUR", 2],
  ["KWD", 3],
  ["BHD", 3],
  ["CLF", 4],
  ["UYW", 4],
  ["XAF", 0],
] as const)("%s has %i minor units", (code, minorUnits) => {
  expect(minorUnitsOf(code)).toBe(minorUnits);
});

test.each(["XAU", "XDR", "XTS", "XXX"])(
  "%s, for which ISO sets no minor unit, may have every place an amount has",
  (code) => {
    expect(isCurrentCurrency(code)).toBe(true);
    expect(minorUnitsOf(code)).toBe(18);
  },
);

test.each(["DEM", "HRK", "BGN", "ZWL", "usd", "US", "USDT", "", "constructor", "__proto__"])(
  "%p is not a currency",
  (code) => {
    expect(isCurrentCurrency(code)).toBe(false);
    expect(minorUnitsOf(code)).toBeNull();
    expect(findCurrency(code)).toBeNull();
  },
);

test("codes are unique, and commodity codes all", () => {
  const codes = listCurrencies().map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) expect(code).toMatch(COMMODITY_CODE_PATTERN);
});

test.each(["V", "BTC", "VBMPX", "BRK.B", "A-1", "O'NEIL", "X_9", `A${"B".repeat(23)}`])(
  "%p is a commodity code",
  (code) => {
    expect(code).toMatch(COMMODITY_CODE_PATTERN);
  },
);

test.each(["", "v", "1A", "A.", "A-", ".A", "A B", "Ä", "USD\n", `A${"B".repeat(24)}`])(
  "%p is not a commodity code",
  (code) => {
    expect(code).not.toMatch(COMMODITY_CODE_PATTERN);
  },
);
