import type { BookedPosting, BookedTransaction } from "../booking/booked.ts";
import type { EntryBody, LineBody, VoidBody } from "../plan/plan-types.ts";
import { formatNumber, ZERO } from "../syntax/written-number.ts";
import { labelsOf, objectOf, textOf } from "./exported-values.ts";

/** An entry as it was exported: its lines are taken as they are, as they balance exactly. */
export function planExportedEntry({ source, postings }: BookedTransaction): EntryBody {
  const { metadata, line } = source;
  const origin = textOf(metadata, "footing_source");
  return {
    date: source.date,
    ...(source.narration !== "" && { memo: source.narration }),
    ...(source.payee !== null && { payee: source.payee }),
    tags: labelsOf(metadata, "footing_tags", line) ?? source.tags,
    links: labelsOf(metadata, "footing_links", line) ?? source.links,
    metadata: objectOf(metadata, line),
    ...(origin !== null && { source: origin }),
    ...(metadata["footing_closing"] === true && { closing: true as const }),
    lines: postings.map(toLine),
  };
}

/** The voiding that an exported entry is the reversal of; null where it is none. */
export function voidOf({ source }: BookedTransaction): VoidBody | null {
  const voids = textOf(source.metadata, "footing_voids");
  const reason = textOf(source.metadata, "footing_void_reason");
  return voids === null || reason === null ? null : { voids, date: source.date, reason };
}

function toLine({ account, units, price, source }: BookedPosting): LineBody {
  const { value, scale } = units.number;
  const { metadata, line } = source;
  const memo = textOf(metadata, "footing_memo");
  const origin = textOf(metadata, "footing_price_source");
  const own = objectOf(metadata, line);
  return {
    account_path: account,
    side: value.lt(ZERO) || metadata["footing_side"] === "credit" ? "credit" : "debit",
    amount: formatNumber({ value: value.abs(), scale }),
    commodity: units.currency,
    ...(price && {
      price: { amount: price.unit.toFixed(), commodity: price.currency, ...(origin !== null && { source: origin }) },
    }),
    ...(memo !== null && { memo }),
    ...(Object.keys(own).length > 0 && { metadata: own }),
    ...(metadata["footing_rounding"] === true && { rounding: true as const }),
  };
}
