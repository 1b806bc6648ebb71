import type { DatedDirective } from "./directives.ts";
import { BookError, collectFault, type Fault, inBookOrder, type SourcePosition, type Unimported } from "./fault.ts";
import { readTokenLines } from "./lexer.ts";
import type { OptionLine } from "./options.ts";
import { parseDirectiveHead, UNIMPORTED_KINDS } from "./parse-directive.ts";
import { MetadataCollector } from "./parse-metadata.ts";
import { acceptFlag, parseTransaction } from "./parse-transaction.ts";
import { parseDate, parseMetadataValue } from "./parse-values.ts";
import { TokenCursor } from "./token-cursor.ts";
import type { TokenLine } from "./tokens.ts";

export interface IncludeLine extends SourcePosition {
  readonly path: string;
}

export interface ParsedFile {
  readonly directives: readonly DatedDirective[];
  readonly options: readonly OptionLine[];
  readonly includes: readonly IncludeLine[];
  readonly unimported: readonly Unimported[];
  readonly faults: readonly Fault[];
}

/**
 * Parses one beancount file. Every fault is collected; what could be read around it is returned all the same.
 * @see https://beancount.github.io/docs/beancount_language_syntax.html
 */
export function parseFile(file: string, text: string): ParsedFile {
  return new FileParser(file, text).parse();
}

class FileParser {
  readonly #file: string;
  readonly #lines: readonly TokenLine[];
  readonly #tags: string[] = [];
  readonly #metadata = new Map<string, (string | boolean | null)[]>();
  readonly #directives: DatedDirective[] = [];
  readonly #options: OptionLine[] = [];
  readonly #includes: IncludeLine[] = [];
  readonly #unimported: Unimported[] = [];
  readonly #faults: Fault[] = [];

  constructor(file: string, text: string) {
    this.#file = file;
    this.#lines = readTokenLines(file, text, this.#faults);
  }

  parse(): ParsedFile {
    let index = 0;
    while (index < this.#lines.length) {
      const line = this.#lines[index];
      const body = this.#bodyAfter(index);
      index += 1 + body.length;
      if (!line || line.tokens.length === 0 || line.broken) continue;
      collectFault(this.#faults, this.#file, () => this.#parseTopLine(line, body));
    }
    this.#faultUnclosedScopes();
    return {
      directives: this.#directives,
      options: this.#options,
      includes: this.#includes,
      unimported: this.#unimported,
      faults: this.#faults.sort(inBookOrder),
    };
  }

  /** The indented lines that belong to the line at `index`: up to a blank one. */
  #bodyAfter(index: number): TokenLine[] {
    const body: TokenLine[] = [];
    if (this.#lines[index]?.indented || this.#lines[index]?.tokens.length === 0) return body;
    for (let next = index + 1; ; next++) {
      const line = this.#lines[next];
      if (!line?.indented || (line.tokens.length === 0 && !line.broken)) return body;
      body.push(line);
    }
  }

  #parseTopLine(line: TokenLine, body: readonly TokenLine[]): void {
    const cursor = new TokenCursor(line);
    if (line.indented) throw new BookError(line.line, "an indented line that belongs to no directive");
    if (cursor.is("date")) this.#parseDated(cursor, body);
    else {
      const [first] = body;
      this.#parseUndated(cursor);
      if (first) throw new BookError(first.line, "an indented line that belongs to no directive");
    }
  }

  #parseDated(cursor: TokenCursor, body: readonly TokenLine[]): void {
    const date = parseDate(cursor);
    const metadata = new MetadataCollector(this.#pushedMetadata());
    const flag = cursor.accept("word", "txn") ? "*" : acceptFlag(cursor);
    const file = this.#file;
    if (flag) {
      const head = { file, date, flag, pushedTags: this.#tags, metadata, faults: this.#faults };
      this.#directives.push(parseTransaction(cursor, body, head));
      return;
    }
    const keyword = cursor.expect("word", "a directive or a transaction's flag").text;
    if (UNIMPORTED_KINDS.has(keyword)) {
      this.#unimported.push({ kind: keyword, file, line: cursor.line });
      return;
    }
    const head = parseDirectiveHead(cursor, keyword, file, date);
    this.#parseMetadataLines(body, metadata);
    this.#directives.push({ ...head, metadata: metadata.toMetadata() });
  }

  #parseMetadataLines(body: readonly TokenLine[], metadata: MetadataCollector): void {
    for (const line of body) {
      if (line.broken) continue;
      collectFault(this.#faults, this.#file, () => {
        const cursor = new TokenCursor(line);
        if (!metadata.accept(cursor)) cursor.fail("expected metadata (key: value)");
      });
    }
  }

  #parseUndated(cursor: TokenCursor): void {
    const at = { file: this.#file, line: cursor.line };
    const keyword = cursor.expect("word", "a date or a directive").text;
    if (keyword === "option") {
      const name = cursor.expect("string", "an option's name").text;
      this.#options.push({ ...at, name, value: cursor.expect("string", "an option's value").text });
    } else if (keyword === "include") this.#includes.push({ ...at, path: cursor.expect("string", "a path").text });
    else if (keyword === "plugin") {
      const name = cursor.expect("string", "a plugin's name").text;
      cursor.accept("string");
      this.#unimported.push({ ...at, kind: `plugin ${name}` });
    } else if (keyword === "pushtag") this.#tags.push(cursor.expect("tag", "a tag").text);
    else if (keyword === "poptag") this.#popTag(cursor);
    else if (keyword === "pushmeta") this.#pushMetadata(cursor);
    else if (keyword === "popmeta") this.#popMetadata(cursor);
    else throw new BookError(cursor.line, `there is no directive ${JSON.stringify(keyword)}`);
    cursor.expectEnd();
  }

  #popTag(cursor: TokenCursor): void {
    const tag = cursor.expect("tag", "a tag").text;
    const index = this.#tags.indexOf(tag);
    if (index === -1) throw new BookError(cursor.line, `poptag of #${tag}, which was not pushed`);
    this.#tags.splice(index, 1);
  }

  #pushMetadata(cursor: TokenCursor): void {
    const key = cursor.expect("key", "a key with its colon").text;
    this.#metadata.set(key, [...(this.#metadata.get(key) ?? []), parseMetadataValue(cursor)]);
  }

  #popMetadata(cursor: TokenCursor): void {
    const key = cursor.expect("key", "a key with its colon").text;
    const values = this.#metadata.get(key);
    if (!values) throw new BookError(cursor.line, `popmeta of ${key}, which was not pushed`);
    values.pop();
    if (values.length === 0) this.#metadata.delete(key);
  }

  #pushedMetadata(): Map<string, string | boolean | null> {
    return new Map([...this.#metadata].map(([key, values]) => [key, values.at(-1) ?? null]));
  }

  #faultUnclosedScopes(): void {
    const line = this.#lines.at(-1)?.line ?? 1;
    for (const tag of this.#tags)
      this.#faults.push({ file: this.#file, line, message: `pushtag #${tag} has no poptag` });
    for (const key of this.#metadata.keys()) {
      this.#faults.push({ file: this.#file, line, message: `pushmeta ${key} has no popmeta` });
    }
  }
}
