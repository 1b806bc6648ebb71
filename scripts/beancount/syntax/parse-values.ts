import { isCalendarDate } from "../../../src/domain/calendar-date.ts";
import type { Amount, IncompleteAmount } from "./directives.ts";
import { parseExpression, startsExpression } from "./expression.ts";
import { BookError } from "./fault.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { formatNumber } from "./written-number.ts";

/** Reads a date, "2024-1-5" and "2024/01/05" too, as YYYY-MM-DD. */
export function parseDate(cursor: TokenCursor): string {
  const token = cursor.expect("date", "a date");
  const [year = "", month = "", day = ""] = token.text.split(/[-/]/);
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  if (!isCalendarDate(date)) throw new BookError(token.line, `there is no day ${token.text}`);
  return date;
}

export function parseAmount(cursor: TokenCursor): Amount {
  const number = parseExpression(cursor);
  return { number, currency: cursor.expect("currency", "a currency").text };
}

/** Reads an amount of which the number, the currency or both may be absent. */
export function parseIncompleteAmount(cursor: TokenCursor): IncompleteAmount {
  const number = startsExpression(cursor) ? parseExpression(cursor) : null;
  return { number, currency: cursor.accept("currency")?.text ?? null };
}

/** Reads a metadata value as JSON: what beancount writes stays as it is written, TRUE and FALSE are booleans. */
export function parseMetadataValue(cursor: TokenCursor): string | boolean | null {
  const text = cursor.accept("string") ?? cursor.accept("account") ?? cursor.accept("currency");
  if (text) return text.text;
  if (cursor.is("date")) return parseDate(cursor);
  const tag = cursor.accept("tag");
  if (tag) return `#${tag.text}`;
  const link = cursor.accept("link");
  if (link) return `^${link.text}`;
  const constant = cursor.accept("constant");
  if (constant) return constant.text === "NULL" ? null : constant.text === "TRUE";
  if (!startsExpression(cursor)) return null;
  const number = formatNumber(parseExpression(cursor));
  const currency = cursor.accept("currency");
  return currency ? `${number} ${currency.text}` : number;
}
