import type { SecretKind } from "./secret-keys.ts";

/** The part of a text that is secret. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const assignment = /(?:\\*["'`])?[ \t]*[:=]+>?[ \t]*/y;
const openingQuote = /(\\*)(["'`])/y;
/** A plain value ends where these begin; the characters of the marker are not among them. */
const word = /[^\s&;,"'`\\<>(){}]+/y;
/** More words, but neither `name=` nor anything with a bracket: the marker has one. */
const moreWords = /(?:[ \t]+(?![\w.-]+\\*["'`]?[ \t]*[:=])[^\s&;,"'`\\<>(){}[]+(?=[\s&;,"'`\\<>(){}]|$))+/y;
const line = /[^\r\n"'`]+/y;

/**
 * The value that a secret's name is given in a text, `password=…`, `"password": "…"`, `\"password\":\"…\"`, the name
 * ending at a place; null where it is given none. What stands in place of the value is found again as just that value.
 */
export function findAssigned(text: string, nameEnd: number, kind: SecretKind): Span | null {
  const start = endOf(assignment, text, nameEnd);
  if (start === nameEnd) return null;
  openingQuote.lastIndex = start;
  const [opening, slashes = "", quote = ""] = openingQuote.exec(text) ?? [];
  const span =
    opening === undefined
      ? { start, end: findPlainEnd(text, start, kind) }
      : { start: start + opening.length, end: findQuotedEnd(text, start + opening.length, { slashes, quote }) };
  return span.end > span.start ? span : null;
}

/**
 * In text of depth n (JSON in JSON in …) a quote has s = 2ⁿ − 1 backslashes, and each backslash of the value is 2(s + 1):
 * a quote with k of them closes where k mod 2(s + 1) = s.
 */
function findQuotedEnd(text: string, start: number, { slashes, quote }: { slashes: string; quote: string }): number {
  const own = slashes.length;
  for (let at = text.indexOf(quote, start); at !== -1; at = text.indexOf(quote, at + 1)) {
    let before = 0;
    while (before < at - start && text[at - 1 - before] === "\\") before += 1;
    if (before % (2 * (own + 1)) === own) return at - own;
  }
  return text.length;
}

function findPlainEnd(text: string, start: number, kind: SecretKind): number {
  if (kind === "line") return endOf(line, text, start);
  const end = endOf(word, text, findBracketedEnd(text, start));
  return kind === "phrase" && end > start ? endOf(moreWords, text, end) : end;
}

/** Behind the bracket that closes the one at a place; the place itself where there is none. */
function findBracketedEnd(text: string, start: number): number {
  if (text[start] !== "[" && text[start] !== "{") return start;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === "[" || char === "{") depth += 1;
    else if (char === "]" || char === "}") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function endOf(sticky: RegExp, text: string, start: number): number {
  sticky.lastIndex = start;
  return sticky.test(text) ? sticky.lastIndex : start;
}
