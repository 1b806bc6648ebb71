import { toPointer } from "./field-faults.ts";

/** Why a JSON text is refused: it is not JSON at all, or it is JSON that this API does not take. */
export interface JsonFault {
  readonly kind: "syntax" | "refused";
  readonly reason: string;
  /** Offset in UTF-16 code units. */
  readonly position: number;
  /** The value being read. */
  readonly pointer: string;
}

export interface JsonScan {
  readonly fault: JsonFault | null;
  /** How many code units were looked at: the work done. */
  readonly reads: number;
}

export const jsonDepthMax = 64;

class FaultFound extends Error {
  readonly fault: JsonFault;

  constructor(fault: JsonFault) {
    super(fault.reason);
    this.fault = fault;
  }
}

/**
 * Reads a JSON text (RFC 8259) once, in linear time, without building its value. It finds what `JSON.parse` would,
 * and refuses what that lets pass: an object with one key twice (compared as decoded), nesting deeper than 64,
 * U+0000 and lone surrogates (PostgreSQL stores neither), the key `__proto__`, and a number that reading would change.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259 and https://www.rfc-editor.org/rfc/rfc7493 (I-JSON)
 */
export function scanJson(text: string, depthMax = jsonDepthMax): JsonScan {
  const scanner = new JsonScanner(text, depthMax);
  try {
    scanner.document();
    return { fault: null, reads: scanner.reads };
  } catch (error) {
    if (error instanceof FaultFound) return { fault: error.fault, reads: scanner.reads };
    throw error;
  }
}

const code = (char: string): number => char.charCodeAt(0);
const quote = code('"');
const backslash = code("\\");
const zero = code("0");
const nine = code("9");
const end = -1;

class JsonScanner {
  reads = 0;
  readonly #text: string;
  readonly #depthMax: number;
  readonly #path: PropertyKey[] = [];
  #at = 0;

  constructor(text: string, depthMax: number) {
    this.#text = text;
    this.#depthMax = depthMax;
  }

  document(): void {
    this.#value();
    if (this.#peek() !== end) this.#fail("syntax", "unexpected text after the end of the value");
  }

  #value(): void {
    this.#whitespace();
    const char = this.#peek();
    if (char === code("{")) this.#nested(() => this.#object());
    else if (char === code("[")) this.#nested(() => this.#array());
    else if (char === quote) this.#string();
    else if (char === code("-") || isDigit(char)) this.#number();
    else if (char === code("t")) this.#literal("true");
    else if (char === code("f")) this.#literal("false");
    else if (char === code("n")) this.#literal("null");
    else this.#fail("syntax", char === end ? "the text ends where a value is expected" : "expected a value");
    this.#whitespace();
  }

  #nested(read: () => void): void {
    if (this.#path.length >= this.#depthMax) this.#fail("refused", `nested deeper than ${this.#depthMax} levels`);
    this.#at++;
    this.#whitespace();
    read();
  }

  #object(): void {
    const keys = new Set<string>();
    if (this.#skip("}")) return;
    do {
      this.#whitespace();
      this.#key(keys);
      this.#whitespace();
      if (!this.#skip(":")) this.#fail("syntax", "expected : after a key");
      this.#value();
      this.#path.pop();
    } while (this.#skip(","));
    if (!this.#skip("}")) this.#fail("syntax", "expected , or } in an object");
  }

  #array(): void {
    if (this.#skip("]")) return;
    let index = 0;
    do {
      this.#path.push(index++);
      this.#value();
      this.#path.pop();
    } while (this.#skip(","));
    if (!this.#skip("]")) this.#fail("syntax", "expected , or ] in an array");
  }

  #key(keys: Set<string>): void {
    const start = this.#at;
    if (this.#peek() !== quote) this.#fail("syntax", "expected a key in double quotes");
    const escaped = this.#string();
    const raw = this.#text.slice(start, this.#at);
    const key: string = escaped ? JSON.parse(raw) : raw.slice(1, -1);
    this.#path.push(key);
    if (keys.has(key)) this.#fail("refused", "the object has this key twice", start);
    if (key === "__proto__") this.#fail("refused", "the key __proto__ is not accepted", start);
    keys.add(key);
  }

  /** Moves past a string; true if it has escapes. */
  #string(): boolean {
    let escaped = false;
    let awaitsLow = false;
    this.#at++;
    for (let char = this.#peek(); char !== quote; char = this.#peek()) {
      if (char === end) this.#fail("syntax", "the text ends within a string");
      if (char < 0x20) this.#fail("syntax", "a control character in a string must be escaped");
      this.#at++;
      let unit = char;
      if (char === backslash) {
        escaped = true;
        unit = this.#escape();
      }
      const isLow = unit >= 0xdc00 && unit <= 0xdfff;
      if (awaitsLow !== isLow) this.#fail("refused", "a lone surrogate cannot be stored");
      awaitsLow = unit >= 0xd800 && unit <= 0xdbff;
    }
    if (awaitsLow) this.#fail("refused", "a lone surrogate cannot be stored");
    this.#at++;
    return escaped;
  }

  /** Moves past what follows a backslash; gives the code unit where it is a \u escape, else an ordinary one. */
  #escape(): number {
    const char = this.#peek();
    this.#at++;
    if (char !== code("u")) {
      if (char === end || !'"\\/bfnrt'.includes(String.fromCharCode(char)))
        this.#fail("syntax", "an unknown escape", this.#at - 1);
      return 0x20;
    }
    const digits = this.#text.slice(this.#at, this.#at + 4);
    this.reads += 4;
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail("syntax", "\\u needs four hexadecimal digits");
    this.#at += 4;
    const unit = Number.parseInt(digits, 16);
    if (unit === 0) this.#fail("refused", "U+0000 cannot be stored", this.#at - 6);
    return unit;
  }

  #number(): void {
    const start = this.#at;
    this.#skip("-");
    if (!this.#skip("0")) this.#digits();
    if (this.#skip(".")) this.#digits();
    if (this.#skip("e") || this.#skip("E")) {
      if (!this.#skip("+")) this.#skip("-");
      this.#digits();
    }
    if (!isExactNumber(this.#text.slice(start, this.#at))) {
      this.#fail("refused", "a number that a double cannot hold exactly: send it as a string");
    }
  }

  #digits(): void {
    if (!isDigit(this.#peek())) this.#fail("syntax", "expected a digit");
    while (isDigit(this.#peek())) this.#at++;
  }

  #literal(word: string): void {
    this.reads += word.length;
    if (!this.#text.startsWith(word, this.#at)) this.#fail("syntax", "expected a value");
    this.#at += word.length;
  }

  #whitespace(): void {
    for (
      let char = this.#peek();
      char === 0x20 || char === 0x0a || char === 0x0d || char === 0x09;
      char = this.#peek()
    ) {
      this.#at++;
    }
  }

  #skip(char: string): boolean {
    if (this.#peek() !== code(char)) return false;
    this.#at++;
    return true;
  }

  #peek(): number {
    this.reads++;
    return this.#at < this.#text.length ? this.#text.charCodeAt(this.#at) : end;
  }

  #fail(kind: JsonFault["kind"], reason: string, position = this.#at): never {
    throw new FaultFound({ kind, reason, position, pointer: toPointer(this.#path) });
  }
}

function isDigit(char: number): boolean {
  return char >= zero && char <= nine;
}

/** Digits that any double keeps; more are looked at one number at a time. */
const digitsAlwaysExact = 15;
const significanceMax = 1_000;

/** Whether a JSON number means the same after `JSON.parse` has made a double of it and `JSON.stringify` a text again. */
function isExactNumber(text: string): boolean {
  if (text.length <= digitsAlwaysExact && !/[eE]/.test(text)) return true;
  return text.length <= significanceMax && sameNumber(text);
}

function sameNumber(text: string): boolean {
  const value = Number(text);
  return Number.isFinite(value) && normalForm(String(value)) === normalForm(text);
}

/** Sign, significant digits and the power of ten of the first one: one text for one number. */
function normalForm(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`;
  const first = digits.search(/[1-9]/);
  if (first < 0) return "0";
  return `${sign}${digits.slice(first).replace(/0+$/, "")}e${whole.length - first + Number(exponent)}`;
}
