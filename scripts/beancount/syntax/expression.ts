import { BookError } from "./fault.ts";
import type { TokenCursor } from "./token-cursor.ts";
import {
  addNumbers,
  divideNumbers,
  multiplyNumbers,
  negateNumber,
  parseWrittenNumber,
  type WrittenNumber,
} from "./written-number.ts";

const NESTING_MAX = 100;

/** Whether an arithmetic expression starts here. */
export function startsExpression(cursor: TokenCursor): boolean {
  return cursor.is("number") || ["-", "+", "("].some((sign) => cursor.is("punctuation", sign));
}

/** Reads an arithmetic expression: `+ - * /`, parentheses, unary signs, the usual precedence, from the left. */
export function parseExpression(cursor: TokenCursor, depth = 0): WrittenNumber {
  let left = parseTerm(cursor, depth);
  for (;;) {
    if (cursor.accept("punctuation", "+")) left = addNumbers(left, parseTerm(cursor, depth));
    else if (cursor.accept("punctuation", "-")) left = addNumbers(left, negateNumber(parseTerm(cursor, depth)));
    else return left;
  }
}

function parseTerm(cursor: TokenCursor, depth: number): WrittenNumber {
  let left = parseFactor(cursor, depth);
  for (;;) {
    if (cursor.accept("punctuation", "*")) left = multiplyNumbers(left, parseFactor(cursor, depth));
    else if (cursor.accept("punctuation", "/")) {
      const quotient = divideNumbers(left, parseFactor(cursor, depth));
      if (!quotient) throw new BookError(cursor.line, "division by zero");
      left = quotient;
    } else return left;
  }
}

function parseFactor(cursor: TokenCursor, depth: number): WrittenNumber {
  if (depth > NESTING_MAX) throw new BookError(cursor.line, `an expression nested deeper than ${NESTING_MAX}`);
  if (cursor.accept("punctuation", "-")) return negateNumber(parseFactor(cursor, depth + 1));
  if (cursor.accept("punctuation", "+")) return parseFactor(cursor, depth + 1);
  if (cursor.accept("punctuation", "(")) {
    const inner = parseExpression(cursor, depth + 1);
    cursor.expect("punctuation", "a closing parenthesis", ")");
    return inner;
  }
  const token = cursor.expect("number", "a number");
  const number = parseWrittenNumber(token.text);
  if (!number) throw new BookError(token.line, `${token.text} has commas that do not separate groups of three digits`);
  return number;
}
