import { BookError } from "./fault.ts";
import type { Token, TokenLine, TokenType } from "./tokens.ts";

/** Reads the tokens of one line from left to right. */
export class TokenCursor {
  #index = 0;
  readonly #tokens: readonly Token[];
  /** Where the line starts. */
  readonly line: number;

  constructor(line: TokenLine) {
    this.#tokens = line.tokens;
    this.line = line.line;
  }

  peek(): Token | null {
    return this.#tokens[this.#index] ?? null;
  }

  /** The token after the next. */
  peekSecond(): Token | null {
    return this.#tokens[this.#index + 1] ?? null;
  }

  is(type: TokenType, text?: string): boolean {
    const token = this.peek();
    return token?.type === type && (text === undefined || token.text === text);
  }

  /** Takes the next token when it is of the type (and text). */
  accept(type: TokenType, text?: string): Token | null {
    if (!this.is(type, text)) return null;
    const token = this.peek();
    this.#index += 1;
    return token;
  }

  /** Takes the next token, or fails naming what was expected. */
  expect(type: TokenType, what: string, text?: string): Token {
    return this.accept(type, text) ?? this.fail(`expected ${what}`);
  }

  expectEnd(): void {
    if (this.peek()) this.fail("expected the end of the line");
  }

  fail(message: string): never {
    const token = this.peek();
    throw new BookError(
      token?.line ?? this.line,
      `${message}, found ${token ? JSON.stringify(token.text) : "nothing"}`,
    );
  }
}
