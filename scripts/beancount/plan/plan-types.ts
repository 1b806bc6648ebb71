import type { AccountType } from "../../../src/domain/account.ts";
import type { Side } from "../../../src/domain/posting.ts";
import type { Fault, SourcePosition, Unimported } from "../syntax/fault.ts";

/** Bodies as the API takes them. */
export interface AccountBody {
  readonly path: string;
  readonly type: AccountType;
  readonly code?: string;
  readonly commodities?: readonly string[];
  readonly description?: string;
  readonly cash_flow?: string;
  readonly opened_on?: string;
}

export interface CommodityBody {
  readonly code: string;
  readonly name?: string;
  readonly places: number;
}

export interface PriceBody {
  readonly commodity: string;
  readonly quote: string;
  readonly date: string;
  readonly price: string;
  readonly source?: string;
}

export interface LineBody {
  readonly account_path: string;
  readonly side: Side;
  readonly amount: string;
  readonly commodity: string;
  readonly price?: { readonly amount: string; readonly commodity: string; readonly source?: string };
  readonly memo?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly rounding?: true;
}

export interface EntryBody {
  readonly date: string;
  readonly memo?: string;
  readonly payee?: string;
  readonly tags: readonly string[];
  readonly links: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source?: string;
  readonly closing?: true;
  readonly lines: readonly LineBody[];
}

/** A body and where in the book it comes from. */
export interface Planned<T> extends SourcePosition {
  readonly body: T;
}

export interface PlannedEntry extends Planned<EntryBody> {
  /** Of an exported entry: the id that it had, by which others of the file name it. */
  readonly exportedId: string | null;
}

/** An exported entry that reverses another one of the file, by the id that it had. */
export interface VoidBody {
  readonly voids: string;
  readonly date: string;
  readonly reason: string;
}

export interface PlannedVoid extends Planned<VoidBody> {
  /** How many of the plan's entries go before it. */
  readonly after: number;
}

export interface Closing {
  readonly path: string;
  readonly closed_on: string;
}

/** What a balance assertion asks of the API: the balance at the end of `date`, descendants included. */
export interface Assertion extends SourcePosition {
  readonly path: string;
  readonly date: string;
  readonly commodity: string;
  readonly expected: string;
  readonly tolerance: string;
}

/** Everything that an import sends and asks, in order; nothing of it depends on the API's answers. */
export interface ImportPlan {
  readonly file: string;
  readonly commodities: readonly Planned<CommodityBody>[];
  readonly accounts: readonly Planned<AccountBody>[];
  readonly prices: readonly Planned<PriceBody>[];
  readonly entries: readonly PlannedEntry[];
  readonly voids: readonly PlannedVoid[];
  readonly closings: readonly Planned<Closing>[];
  /** Accounts that take no entries any more, by their paths. */
  readonly deactivations: readonly Planned<{ readonly path: string }>[];
  readonly assertions: readonly Assertion[];
  readonly counts: PlanCounts;
  readonly unimported: readonly Unimported[];
  /** With a single one of these nothing is sent. */
  readonly faults: readonly Fault[];
}

export interface PlanCounts {
  readonly transactions: number;
  readonly paddings: number;
  /** Lines on the rounding account, so that entries balance exactly. */
  readonly roundingLines: number;
  /** Lines that hold what an amount has beyond its currency's minor unit. */
  readonly fractionLines: number;
}
