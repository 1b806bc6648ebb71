import type { SourcePosition } from "./fault.ts";
import type { WrittenNumber } from "./written-number.ts";

/** Values as JSON: numbers, dates, amounts and tags ("#trip") as they are written in beancount. */
export type Metadata = Readonly<Record<string, string | boolean | null>>;

export interface Amount {
  readonly number: WrittenNumber;
  readonly currency: string;
}

/** An amount whose number or currency may be left for booking to find. */
export interface IncompleteAmount {
  readonly number: WrittenNumber | null;
  readonly currency: string | null;
}

/** What braces say. `{}` has all of it missing; `{{100 USD}}` has a total and nothing per unit. */
export interface CostSpec {
  readonly perUnit: WrittenNumber | "missing" | null;
  readonly total: WrittenNumber | "missing" | null;
  readonly currency: string | null;
  readonly date: string | null;
  readonly label: string | null;
}

export interface PriceSpec extends IncompleteAmount {
  /** `@@`: for all units together. */
  readonly isTotal: boolean;
}

export interface Posting extends SourcePosition {
  readonly flag: string | null;
  readonly account: string;
  /** Null when left out altogether. */
  readonly units: IncompleteAmount | null;
  readonly cost: CostSpec | null;
  readonly price: PriceSpec | null;
  readonly metadata: Metadata;
}

interface Directive extends SourcePosition {
  readonly date: string;
  readonly metadata: Metadata;
}

export interface Transaction extends Directive {
  readonly kind: "transaction";
  readonly flag: string;
  readonly payee: string | null;
  readonly narration: string;
  readonly tags: readonly string[];
  readonly links: readonly string[];
  readonly postings: readonly Posting[];
}

export interface Open extends Directive {
  readonly kind: "open";
  readonly account: string;
  readonly currencies: readonly string[];
  readonly booking: string | null;
}

export interface Close extends Directive {
  readonly kind: "close";
  readonly account: string;
}

export interface Commodity extends Directive {
  readonly kind: "commodity";
  readonly currency: string;
}

export interface Price extends Directive {
  readonly kind: "price";
  readonly currency: string;
  readonly amount: Amount;
}

export interface Pad extends Directive {
  readonly kind: "pad";
  readonly account: string;
  readonly source: string;
}

export interface Balance extends Directive {
  readonly kind: "balance";
  readonly account: string;
  readonly amount: Amount;
  /** In the amount's currency; null when to be inferred. */
  readonly tolerance: WrittenNumber | null;
}

export type DatedDirective = Transaction | Open | Close | Commodity | Price | Pad | Balance;
