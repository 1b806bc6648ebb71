/**
 * SigNoz's filter language, read by its published grammar and not by what the tool writes: FilterQuery.g4, without functions.
 * @see https://github.com/SigNoz/signoz/blob/main/grammar/FilterQuery.g4
 */
export type Expression =
  | { readonly kind: "and" | "or"; readonly parts: readonly Expression[] }
  | { readonly kind: "not"; readonly part: Expression }
  | { readonly kind: "compare"; readonly key: string; readonly operator: string; readonly values: readonly Value[] }
  | { readonly kind: "text"; readonly text: string };

export type Value = string | number | boolean;

interface Token {
  readonly kind: "mark" | "operator" | "word" | "number" | "quoted" | "free";
  readonly text: string;
}

export class FilterSyntaxError extends Error {}

const lexemes: readonly (readonly [Token["kind"] | "space", RegExp])[] = [
  ["space", /[ \t\r\n]+/y],
  ["mark", /[()[\],]/y],
  ["operator", /!=|<>|<=|>=|==|=|<|>/y],
  ["quoted", /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y],
  ["number", /[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![^ \t\r\n=()'"<>!,[\]])/y],
  ["word", /[a-zA-Z][a-zA-Z0-9_:-]*(?:\.[a-zA-Z][a-zA-Z0-9_:-]*|\[\*?\])*(?![^ \t\r\n=()'"<>!,[\]])/y],
  ["free", /[^ \t\r\n=()'"<>!,[\]]+/y],
];

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const found = lexemes
      .map(([kind, pattern]) => {
        pattern.lastIndex = at;
        return { kind, text: pattern.exec(text)?.[0] ?? "" };
      })
      .find((each) => each.text !== "");
    if (found === undefined) throw new FilterSyntaxError(`unexpected ${text.slice(at, at + 10)}`);
    if (found.kind !== "space") tokens.push({ kind: found.kind, text: found.text });
    at += found.text.length;
  }
  return tokens;
}

/** As the server takes quotes off: two replacements, one after the other. */
function unquote(text: string): string {
  return text.slice(1, -1).replaceAll("\\\\", "\\").replaceAll("\\'", "'");
}

/** @throws FilterSyntaxError */
export function parseFilter(text: string): Expression {
  const parser = new Parser(tokenize(text));
  return parser.parseAll();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parseAll(): Expression {
    const expression = this.#parseOr();
    if (this.#peek() !== undefined) throw new FilterSyntaxError(`unexpected ${this.#peek()?.text}`);
    return expression;
  }

  #parseOr(): Expression {
    const parts = [this.#parseAnd()];
    while (this.#takeWord("or")) parts.push(this.#parseAnd());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "or", parts };
  }

  #parseAnd(): Expression {
    const parts = [this.#parseUnary()];
    for (;;) {
      const next = this.#peek();
      if (next === undefined || next.text === ")" || this.#isWord("or")) break;
      this.#takeWord("and");
      parts.push(this.#parseUnary());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "and", parts };
  }

  #parseUnary(): Expression {
    if (this.#takeWord("not")) return { kind: "not", part: this.#parsePrimary() };
    return this.#parsePrimary();
  }

  #parsePrimary(): Expression {
    const token = this.#take();
    if (token.text === "(" && token.kind === "mark") {
      const inner = this.#parseOr();
      this.#expect(")");
      return inner;
    }
    if (token.kind === "quoted") return { kind: "text", text: unquote(token.text) };
    if (token.kind === "word") return this.#parseComparison(token.text);
    if (token.kind === "free") return { kind: "text", text: token.text };
    throw new FilterSyntaxError(`unexpected ${token.text}`);
  }

  #parseComparison(key: string): Expression {
    const operator = this.#peek();
    if (operator?.kind === "operator") {
      this.#take();
      return { kind: "compare", key, operator: operator.text, values: [this.#parseValue()] };
    }
    const isNegative = this.#takeWord("not");
    const name = ["exists", "exist", "contains", "contain", "in", "like", "ilike"].find((word) => this.#takeWord(word));
    if (name === undefined) throw new FilterSyntaxError(`${key} is compared with nothing`);
    const values = name.startsWith("exist") ? [] : name === "in" ? this.#parseList() : [this.#parseValue()];
    const comparison = { kind: "compare", key, operator: name.replace(/s$/, ""), values } as const;
    return isNegative ? { kind: "not", part: comparison } : comparison;
  }

  #parseList(): readonly Value[] {
    const close = this.#take().text === "[" ? "]" : ")";
    const values = [this.#parseValue()];
    while (this.#peek()?.text === ",") {
      this.#take();
      values.push(this.#parseValue());
    }
    this.#expect(close);
    return values;
  }

  #parseValue(): Value {
    const token = this.#take();
    if (token.kind === "quoted") return unquote(token.text);
    if (token.kind === "number") return Number(token.text);
    if (token.kind !== "word") throw new FilterSyntaxError(`${token.text} is no value`);
    return /^(?:true|false)$/i.test(token.text) ? /^true$/i.test(token.text) : token.text;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #take(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new FilterSyntaxError("the expression ends too early");
    this.#at += 1;
    return token;
  }

  #expect(text: string): void {
    const token = this.#take();
    if (token.text !== text || token.kind !== "mark") throw new FilterSyntaxError(`${text} is missing`);
  }

  #isWord(word: string): boolean {
    const token = this.#peek();
    return token?.kind === "word" && token.text.toLowerCase() === word;
  }

  #takeWord(word: string): boolean {
    const isThere = this.#isWord(word);
    if (isThere) this.#at += 1;
    return isThere;
  }
}

/** Every key that an expression names. */
export function keysOf(expression: Expression): readonly string[] {
  if (expression.kind === "compare") return [expression.key];
  if (expression.kind === "text") return [];
  return expression.kind === "not" ? keysOf(expression.part) : expression.parts.flatMap(keysOf);
}

export function matches(expression: Expression, read: (key: string) => unknown): boolean {
  if (expression.kind === "text") return like(read("body"), `%${expression.text}%`);
  if (expression.kind === "not") return !matches(expression.part, read);
  if (expression.kind === "compare") return compares(read(expression.key), expression.operator, expression.values);
  const isMatch = (part: Expression): boolean => matches(part, read);
  return expression.kind === "and" ? expression.parts.every(isMatch) : expression.parts.some(isMatch);
}

function compares(actual: unknown, operator: string, values: readonly Value[]): boolean {
  if (operator === "exist") return actual !== undefined && actual !== "";
  const [value = ""] = values;
  if (operator === "in") return values.some((each) => String(each) === String(actual));
  if (operator === "contain") return like(actual, `%${value}%`);
  if (operator === "like" || operator === "ilike") return like(actual, String(value));
  if (operator === "=" || operator === "==") return String(actual) === String(value);
  if (operator === "!=" || operator === "<>") return String(actual) !== String(value);
  const [left, right] = [Number(actual), Number(value)];
  if (operator === "<") return left < right;
  if (operator === "<=") return left <= right;
  return operator === ">" ? left > right : left >= right;
}

/** ClickHouse's ILIKE. */
function like(actual: unknown, pattern: string): boolean {
  const source = pattern.replace(/\\([\s\S])|([%_])|([\s\S])/g, (_, escaped, wild, plain) => {
    if (wild !== undefined) return wild === "%" ? "[\\s\\S]*" : "[\\s\\S]";
    return (escaped ?? plain).replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "i").test(String(actual ?? ""));
}
