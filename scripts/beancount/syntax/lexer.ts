import type { Fault } from "./fault.ts";
import type { Token, TokenLine, TokenType } from "./tokens.ts";

const NAME_REST = "(?:[A-Za-z0-9-]|[^\\x00-\\x7F])*";

/** In order: where two match, the first wins. */
const TOKEN_PATTERNS: readonly (readonly [TokenType, RegExp])[] = [
  ["string", /"(?:[^"\\]|\\[\s\S])*"/y],
  ["date", /\d{4,}[-/]\d+[-/]\d+/y],
  ["number", /(?:\d[\d,]*\d|\d)(?:\.\d*)?/y],
  ["account", new RegExp(`(?:[A-Z]|[^\\x00-\\x7F])${NAME_REST}(?::(?:[A-Z0-9]|[^\\x00-\\x7F])${NAME_REST})+`, "uy")],
  ["constant", /(?:TRUE|FALSE|NULL)(?![A-Z0-9'._-])/y],
  ["currency", /[A-Z](?:[A-Z0-9'._-]{0,22}[A-Z0-9])?(?![A-Za-z0-9])/y],
  ["tag", /#[A-Za-z0-9\-_/.]+/y],
  ["link", /\^[A-Za-z0-9\-_/.]+/y],
  ["key", /[a-z][A-Za-z0-9\-_]*:/y],
  ["word", /[a-z]+(?![A-Za-z0-9])/y],
  ["punctuation", /@@|\{\{|\}\}|[@{},~+\-/*()#|!&?%]/y],
];

/** Org-mode headings and drawers, and other lines that beancount reads past. */
const IGNORED_LINE = /[*:#!&?%][^\n]*/y;
const BLANKS = /[ \t\r\f\uFEFF]+/y;
const COMMENT = /;[^\n]*/y;
const INVALID = /[^ \t\r\n]+/y;

/** Cuts a book into lines of tokens. Comments and ignored lines are gone; blank lines remain, as they end a directive. */
export function readTokenLines(file: string, text: string, faults: Fault[]): TokenLine[] {
  return new Lexer(file, text, faults).read();
}

class Lexer {
  #offset = 0;
  #line = 1;
  readonly #file: string;
  readonly #text: string;
  readonly #faults: Fault[];

  constructor(file: string, text: string, faults: Fault[]) {
    this.#file = file;
    this.#text = text;
    this.#faults = faults;
  }

  read(): TokenLine[] {
    const lines: TokenLine[] = [];
    while (this.#offset < this.#text.length) {
      const line = this.#readLine();
      if (line) lines.push(line);
    }
    return lines;
  }

  #readLine(): TokenLine | null {
    const line = this.#line;
    if (this.#match(IGNORED_LINE) !== null) {
      this.#endLine();
      return null;
    }
    const indented = this.#match(BLANKS) !== null;
    const tokens: Token[] = [];
    let broken = false;
    let commented = false;
    while (this.#offset < this.#text.length && this.#text[this.#offset] !== "\n") {
      if (this.#match(BLANKS) !== null) continue;
      if (this.#match(COMMENT) !== null) commented = true;
      else if (!this.#readToken(tokens)) broken = true;
    }
    this.#endLine();
    return commented && tokens.length === 0 && !broken ? null : { line, indented, tokens, broken };
  }

  #readToken(tokens: Token[]): boolean {
    for (const [type, pattern] of TOKEN_PATTERNS) {
      const text = this.#match(pattern);
      if (text === null) continue;
      tokens.push({ type, text: textOf(type, text), line: this.#line });
      this.#line += text.split("\n").length - 1;
      return true;
    }
    const text = this.#match(INVALID) ?? "";
    const message = text.startsWith('"') ? "a string without its closing quote" : `cannot read ${JSON.stringify(text)}`;
    this.#faults.push({ file: this.#file, line: this.#line, message });
    return false;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#offset;
    const text = pattern.exec(this.#text)?.[0] ?? null;
    if (text !== null) this.#offset += text.length;
    return text;
  }

  #endLine(): void {
    if (this.#text[this.#offset] === "\n") this.#offset += 1;
    this.#line += 1;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f", b: "\b" };

function textOf(type: TokenType, text: string): string {
  if (type === "string") return text.slice(1, -1).replace(/\\([\s\S])/g, (_, char: string) => ESCAPES[char] ?? char);
  if (type === "tag" || type === "link") return text.slice(1);
  if (type === "key") return text.slice(0, -1);
  return text;
}
