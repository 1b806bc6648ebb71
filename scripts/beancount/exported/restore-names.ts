import type { DatedDirective, Posting } from "../syntax/directives.ts";
import type { Book } from "../syntax/load-book.ts";
import { isExported, textOf } from "./exported-values.ts";

/** The book with the accounts and commodities of an export called as they were before it. Any other book stays as it is. */
export function restoreNames(book: Book): Book {
  const paths = new Map<string, string>();
  const codes = new Map<string, string>();
  for (const directive of book.directives) {
    if (!isExported(directive.metadata)) continue;
    if (directive.kind === "open") remember(paths, directive.account, textOf(directive.metadata, "footing_path"));
    if (directive.kind === "commodity") remember(codes, directive.currency, textOf(directive.metadata, "footing_code"));
  }
  if (paths.size === 0 && codes.size === 0) return book;
  const renamed = new Renaming(paths, codes);
  return { ...book, directives: book.directives.map((directive) => renamed.directive(directive)) };
}

function remember(names: Map<string, string>, written: string, original: string | null): void {
  if (original !== null) names.set(written, original);
}

class Renaming {
  readonly #paths: ReadonlyMap<string, string>;
  readonly #codes: ReadonlyMap<string, string>;

  constructor(paths: ReadonlyMap<string, string>, codes: ReadonlyMap<string, string>) {
    this.#paths = paths;
    this.#codes = codes;
  }

  directive(directive: DatedDirective): DatedDirective {
    switch (directive.kind) {
      case "open":
        return {
          ...directive,
          account: this.#path(directive.account),
          currencies: directive.currencies.map((code) => this.#code(code)),
        };
      case "close":
        return { ...directive, account: this.#path(directive.account) };
      case "commodity":
        return { ...directive, currency: this.#code(directive.currency) };
      case "price":
        return { ...directive, currency: this.#code(directive.currency), amount: this.#amount(directive.amount) };
      case "balance":
        return { ...directive, account: this.#path(directive.account), amount: this.#amount(directive.amount) };
      case "pad":
        return { ...directive, account: this.#path(directive.account), source: this.#path(directive.source) };
      case "transaction":
        return { ...directive, postings: directive.postings.map((posting) => this.#posting(posting)) };
    }
  }

  #posting(posting: Posting): Posting {
    const { account, units, cost, price } = posting;
    return {
      ...posting,
      account: this.#path(account),
      units: units && this.#amount(units),
      cost: cost && this.#amount(cost),
      price: price && this.#amount(price),
    };
  }

  #amount<T extends { readonly currency: string | null }>(amount: T): T {
    return amount.currency === null ? amount : { ...amount, currency: this.#code(amount.currency) };
  }

  #path(account: string): string {
    return this.#paths.get(account) ?? account;
  }

  #code(currency: string): string {
    return this.#codes.get(currency) ?? currency;
  }
}
