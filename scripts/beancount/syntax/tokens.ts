export type TokenType =
  | "string"
  | "date"
  | "number"
  | "account"
  | "currency"
  | "constant"
  | "tag"
  | "link"
  | "key"
  | "word"
  | "punctuation";

export interface Token {
  readonly type: TokenType;
  /** The value: a string without quotes and escapes, a tag without `#`, a key without its colon. */
  readonly text: string;
  readonly line: number;
}

/** A line of the book, or several where a string runs over them. */
export interface TokenLine {
  readonly line: number;
  readonly indented: boolean;
  /** Empty for a blank line. */
  readonly tokens: readonly Token[];
  /** A fault was found in it already. */
  readonly broken: boolean;
}
