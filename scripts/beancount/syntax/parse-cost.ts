import type { CostSpec } from "./directives.ts";
import { parseExpression, startsExpression } from "./expression.ts";
import { parseDate } from "./parse-values.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { exactNumber, type WrittenNumber, ZERO } from "./written-number.ts";

interface CostNumbers {
  readonly perUnit: WrittenNumber | null;
  /** Undefined where no `#` stands; null where nothing follows it. */
  readonly total: WrittenNumber | null | undefined;
  readonly currency: string | null;
}

/** Reads `{…}` or `{{…}}` when one starts here: an amount, a date and a label, each at most once, in any order. */
export function parseCostSpec(cursor: TokenCursor): CostSpec | null {
  const isTotal = cursor.accept("punctuation", "{{") !== null;
  if (!isTotal && !cursor.accept("punctuation", "{")) return null;
  const closing = isTotal ? "}}" : "}";
  let numbers: CostNumbers | null = null;
  let date: string | null = null;
  let label: string | null = null;
  while (!cursor.accept("punctuation", closing)) {
    if (cursor.is("date") && date === null) date = parseDate(cursor);
    else if (cursor.is("string") && label === null) label = cursor.expect("string", "a label").text;
    else if (cursor.is("punctuation", "*")) cursor.fail("merging lots with {*} is not supported");
    else if (numbers === null && startsCostNumbers(cursor)) numbers = parseCostNumbers(cursor);
    else cursor.fail(`expected one amount, one date or one label, or ${closing}`);
    if (!cursor.is("punctuation", closing)) cursor.expect("punctuation", `a comma or ${closing}`, ",");
  }
  if (isTotal && numbers?.total !== undefined) cursor.fail("a total cost {{…}} cannot have a # in it");
  return { ...costNumbersOf(numbers, isTotal), currency: numbers?.currency ?? null, date, label };
}

function costNumbersOf(numbers: CostNumbers | null, isTotal: boolean): Pick<CostSpec, "perUnit" | "total"> {
  const first = numbers?.perUnit ?? "missing";
  if (isTotal) return { perUnit: exactNumber(ZERO), total: first };
  const total = numbers?.total;
  return { perUnit: first, total: total === undefined ? null : (total ?? "missing") };
}

function startsCostNumbers(cursor: TokenCursor): boolean {
  return startsExpression(cursor) || cursor.is("currency") || cursor.is("punctuation", "#");
}

function parseCostNumbers(cursor: TokenCursor): CostNumbers {
  const perUnit = startsExpression(cursor) ? parseExpression(cursor) : null;
  let total: WrittenNumber | null | undefined;
  if (cursor.accept("punctuation", "#")) total = startsExpression(cursor) ? parseExpression(cursor) : null;
  return { perUnit, total, currency: cursor.accept("currency")?.text ?? null };
}
