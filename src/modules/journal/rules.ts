import { minorUnitsOf } from "../../domain/currency.ts";
import { AMOUNT_PLACES_MAX } from "../../domain/decimal.ts";
import { imbalancesOf, type PrecisionFaultKind, type ProposedLine, precisionFaultsOf } from "../../domain/posting.ts";
import type { ErrorId } from "../../errors.ts";
import type { FieldFault } from "../../foundation/errors/app-error.ts";

/** A fault of one entry; its pointer starts at the entry. */
export interface EntryFault extends FieldFault {
  /** The line's, or that after the last one for a fault of the whole entry. */
  readonly position: number;
  readonly error_id: ErrorId;
}

const errorIdOf: Readonly<Record<PrecisionFaultKind, ErrorId>> = {
  unknown_commodity: "COMMODITY_UNKNOWN",
  too_many_places: "AMOUNT_TOO_PRECISE",
  price_not_positive: "VALIDATION_FAILED",
  rounding_with_price: "ROUNDING_LINE_INVALID",
  rounding_too_large: "ROUNDING_LINE_INVALID",
};

/**
 * The faults that need no database: imbalance, and precision beyond ISO 4217. A book's own commodities are judged by
 * `ledger.post_entries`, which knows their places.
 */
export function entryFaultsOf(lines: readonly ProposedLine[]): EntryFault[] {
  const precision = lines.flatMap((line, position) =>
    precisionFaultsOf(line, (commodity) => minorUnitsOf(commodity) ?? placesUnknownYet(line)).map((fault) => ({
      position,
      pointer: `/lines/${position}${fault.pointer}`,
      detail: fault.detail,
      error_id: errorIdOf[fault.kind],
    })),
  );
  const imbalance = imbalancesOf(lines).map(({ commodity, debit, credit, difference }) => ({
    position: lines.length,
    pointer: "/lines",
    detail: `${commodity}: debits ${debit}, credits ${credit}, difference ${difference}`,
    error_id: "ENTRY_UNBALANCED" as const,
  }));
  return [...precision, ...imbalance];
}

/** The mildest assumption, so that only certain faults are reported here. */
function placesUnknownYet(line: ProposedLine): number {
  return line.rounding === true ? 0 : AMOUNT_PLACES_MAX;
}
