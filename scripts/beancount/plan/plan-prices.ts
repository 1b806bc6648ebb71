import { AMOUNT_PATTERN } from "../../../src/domain/decimal.ts";
import { isExported, textOf } from "../exported/exported-values.ts";
import type { DatedDirective, Price } from "../syntax/directives.ts";
import type { Fault, Unimported } from "../syntax/fault.ts";
import { formatNumber } from "../syntax/written-number.ts";
import type { Planned, PriceBody } from "./plan-types.ts";

export interface PlannedPrices {
  readonly planned: readonly Planned<PriceBody>[];
  readonly unimported: readonly Unimported[];
}

/** The prices of a book. Of two for one day the later in the book stands, as in beancount; the other is told. */
export function planPrices(directives: readonly DatedDirective[], faults: Fault[]): PlannedPrices {
  const byFact = new Map<string, Planned<PriceBody>>();
  const unimported: Unimported[] = [];
  for (const directive of directives) {
    if (directive.kind !== "price") continue;
    const { file, line, date, currency, amount, metadata } = directive;
    const message = faultOf(directive);
    if (message !== null) {
      faults.push({ file, line, message });
      continue;
    }
    const key = `${date} ${currency} ${amount.currency}`;
    const earlier = byFact.get(key);
    if (earlier) unimported.push({ kind: "superseded price", file: earlier.file, line: earlier.line });
    const price = formatNumber(amount.number);
    const exported = isExported(metadata);
    const source = exported ? textOf(metadata, "footing_source") : "beancount";
    const body = { commodity: currency, quote: amount.currency, date, price, ...(source !== null && { source }) };
    byFact.set(key, { file, line, body });
    for (const name of exported ? [] : Object.keys(metadata))
      unimported.push({ kind: `price metadata ${name}`, file, line });
  }
  return { planned: [...byFact.values()], unimported };
}

function faultOf({ currency, amount }: Price): string | null {
  const price = formatNumber(amount.number);
  if (currency === amount.currency) return `the API has no price of ${currency} in itself`;
  if (!AMOUNT_PATTERN.test(price))
    return `${price} is negative or has more than 20 digits before the point or 18 after it`;
  return /[1-9]/.test(price) ? null : "the API has no price of zero";
}
