import type { DatedDirective } from "./directives.ts";
import { parseExpression } from "./expression.ts";
import { BookError } from "./fault.ts";
import { parseAmount } from "./parse-values.ts";
import type { TokenCursor } from "./token-cursor.ts";

type WithoutMetadata<T> = T extends unknown ? Omit<T, "metadata"> : never;
export type DirectiveHead = WithoutMetadata<Exclude<DatedDirective, { kind: "transaction" }>>;

/** Directives that have no counterpart in the API. */
export const UNIMPORTED_KINDS: ReadonlySet<string> = new Set(["event", "note", "document", "query", "custom"]);

/** Reads the first line of a dated directive that is no transaction, from after its keyword. */
export function parseDirectiveHead(cursor: TokenCursor, keyword: string, file: string, date: string): DirectiveHead {
  const head = parseByKeyword(cursor, keyword, { file, line: cursor.line, date });
  cursor.expectEnd();
  return head;
}

function parseByKeyword(
  cursor: TokenCursor,
  keyword: string,
  at: { file: string; line: number; date: string },
): DirectiveHead {
  switch (keyword) {
    case "open": {
      const account = accountOf(cursor);
      const currencies = parseCurrencies(cursor);
      return { ...at, kind: "open", account, currencies, booking: cursor.accept("string")?.text ?? null };
    }
    case "close":
      return { ...at, kind: "close", account: accountOf(cursor) };
    case "commodity":
      return { ...at, kind: "commodity", currency: cursor.expect("currency", "a currency").text };
    case "price": {
      const currency = cursor.expect("currency", "a currency").text;
      return { ...at, kind: "price", currency, amount: parseAmount(cursor) };
    }
    case "pad": {
      const account = accountOf(cursor);
      return { ...at, kind: "pad", account, source: accountOf(cursor) };
    }
    case "balance": {
      const account = accountOf(cursor);
      const number = parseExpression(cursor);
      const tolerance = cursor.accept("punctuation", "~") ? parseExpression(cursor) : null;
      const amount = { number, currency: cursor.expect("currency", "a currency").text };
      return { ...at, kind: "balance", account, amount, tolerance };
    }
    default:
      throw new BookError(cursor.line, `there is no directive ${JSON.stringify(keyword)}`);
  }
}

function accountOf(cursor: TokenCursor): string {
  return cursor.expect("account", "an account").text;
}

function parseCurrencies(cursor: TokenCursor): string[] {
  const currencies: string[] = [];
  for (let next = cursor.accept("currency"); next; ) {
    currencies.push(next.text);
    next = cursor.accept("punctuation", ",") ? cursor.expect("currency", "a currency") : null;
  }
  return currencies;
}
