import type Big from "big.js";
import { isWithin } from "../../../src/domain/account.ts";
import type { Balance, DatedDirective, Pad } from "../syntax/directives.ts";
import type { Fault } from "../syntax/fault.ts";
import type { BookOptions } from "../syntax/options.ts";
import { exactNumber, formatNumber, ZERO } from "../syntax/written-number.ts";
import type { BookedPosting, BookedTransaction } from "./booked.ts";
import { balanceToleranceOf } from "./tolerances.ts";

export interface Pads {
  readonly transactions: readonly BookedTransaction[];
  /** Pads that no assertion needed. */
  readonly unused: readonly Pad[];
}

/**
 * Computes what each pad inserts: dated as the pad, for every commodity whose next assertion on that account (its
 * descendants' postings counted) would otherwise fail; once per commodity and pad.
 */
export function bookPads(
  directives: readonly DatedDirective[],
  booked: ReadonlyMap<DatedDirective, BookedTransaction>,
  options: BookOptions,
  faults: Fault[],
): Pads {
  const pads = directives.filter((directive) => directive.kind === "pad");
  const accounts = new Set(pads.map((pad) => pad.account));
  const transactions = [...accounts].flatMap((account) =>
    new AccountPadding(account, options, faults).run(directives, booked),
  );
  const used = new Set(transactions.map(({ pad }) => pad));
  return { transactions: transactions.map(({ entry }) => entry), unused: pads.filter((pad) => !used.has(pad)) };
}

interface Padding {
  readonly pad: Pad;
  readonly entry: BookedTransaction;
}

class AccountPadding {
  readonly #account: string;
  readonly #options: BookOptions;
  readonly #faults: Fault[];
  readonly #balances = new Map<string, Big>();
  readonly #heldAtCost = new Set<string>();
  readonly #settled = new Set<string>();
  #active: Pad | null = null;

  constructor(account: string, options: BookOptions, faults: Fault[]) {
    this.#account = account;
    this.#options = options;
    this.#faults = faults;
  }

  run(directives: readonly DatedDirective[], booked: ReadonlyMap<DatedDirective, BookedTransaction>): Padding[] {
    const paddings: Padding[] = [];
    for (const directive of directives) {
      for (const posting of booked.get(directive)?.postings ?? []) this.#add(posting);
      if (directive.kind === "pad" && directive.account === this.#account) {
        this.#active = directive;
        this.#settled.clear();
      } else if (directive.kind === "balance" && directive.account === this.#account) {
        const padding = this.#pad(directive);
        if (padding) paddings.push(padding);
        this.#settled.add(directive.amount.currency);
      }
    }
    return paddings;
  }

  #add({ account, units, cost }: BookedPosting): void {
    if (!isWithin(account, this.#account)) return;
    this.#balances.set(units.currency, this.#balanceOf(units.currency).plus(units.number.value));
    if (cost) this.#heldAtCost.add(units.currency);
  }

  #balanceOf(currency: string): Big {
    return this.#balances.get(currency) ?? ZERO;
  }

  #pad(balance: Balance): Padding | null {
    const { currency, number } = balance.amount;
    const missing = number.value.minus(this.#balanceOf(currency));
    const pad = this.#active;
    if (!pad || this.#settled.has(currency) || missing.abs().lte(balanceToleranceOf(balance, this.#options)))
      return null;
    if (this.#heldAtCost.has(currency)) {
      const { file, line } = pad;
      this.#faults.push({ file, line, message: `${currency} is held at cost and cannot be padded` });
      return null;
    }
    this.#balances.set(currency, number.value);
    return { pad, entry: paddingEntry(pad, balance, missing) };
  }
}

function paddingEntry(pad: Pad, balance: Balance, missing: Big): BookedTransaction {
  const { currency } = balance.amount;
  const posting = (account: string, value: Big): BookedPosting => ({
    source: { ...at(pad), flag: null, account, units: null, cost: null, price: null, metadata: {} },
    account,
    units: { number: exactNumber(value), currency },
    cost: null,
    price: null,
    weight: { value, currency },
  });
  const asserted = `${formatNumber(balance.amount.number)} ${currency}`;
  return {
    source: {
      kind: "transaction",
      ...at(pad),
      date: pad.date,
      flag: "P",
      payee: null,
      narration: `(Padding inserted for Balance of ${asserted} for difference ${missing.toFixed()} ${currency})`,
      tags: [],
      links: [],
      metadata: pad.metadata,
    },
    postings: [posting(pad.account, missing), posting(pad.source, missing.neg())],
  };
}

function at({ file, line }: Pad): { file: string; line: number } {
  return { file, line };
}
