import { COMMODITY_CODE_PATTERN, minorUnitsOf } from "../../../src/domain/currency.ts";
import { AMOUNT_PLACES_MAX } from "../../../src/domain/decimal.ts";
import type { BookedTransaction } from "../booking/booked.ts";
import { isExported, textOf } from "../exported/exported-values.ts";
import type { Commodity, DatedDirective } from "../syntax/directives.ts";
import type { Fault, SourcePosition, Unimported } from "../syntax/fault.ts";
import { placesOf } from "../syntax/written-number.ts";
import type { CommodityBody, Planned } from "./plan-types.ts";
import { TEXT_LENGTH_MAX, toWireText } from "./wire-text.ts";

/** A commodity that the book shows in whole numbers only gets these, so that a part of one fits later. */
const PLACES_MIN = 2;

export interface PlannedCommodities {
  /** Those to create: ISO 4217 currencies are built in. */
  readonly planned: readonly Planned<CommodityBody>[];
  readonly placesOf: (commodity: string) => number;
  readonly unimported: readonly Unimported[];
}

/** Every commodity that the book mentions, each with as many places as the finest amount of it in the book. */
export function planCommodities(
  directives: readonly DatedDirective[],
  transactions: readonly BookedTransaction[],
  faults: Fault[],
): PlannedCommodities {
  const mentions = collectMentions(directives, transactions);
  const declared = new Map(
    directives
      .filter((directive) => directive.kind === "commodity")
      .map((directive) => [directive.currency, directive]),
  );
  const planned: Planned<CommodityBody>[] = [];
  const places = new Map<string, number>();
  for (const [code, { position, placesUsed }] of mentions) {
    if (minorUnitsOf(code) !== null) continue;
    const at = declared.get(code) ?? position;
    const fault = (message: string): number => faults.push({ file: at.file, line: at.line, message });
    if (!COMMODITY_CODE_PATTERN.test(code)) fault(`${code} cannot be a commodity's code in the API`);
    if (placesUsed > AMOUNT_PLACES_MAX) fault(`an amount of ${code} has more than ${AMOUNT_PLACES_MAX} decimal places`);
    const body = {
      code,
      ...nameOf(declared.get(code)?.metadata["name"]),
      places: exportedPlacesOf(declared.get(code)) ?? Math.max(PLACES_MIN, placesUsed),
    };
    places.set(code, body.places);
    planned.push({ file: at.file, line: at.line, body });
  }
  return {
    planned,
    placesOf: (commodity) => minorUnitsOf(commodity) ?? places.get(commodity) ?? PLACES_MIN,
    unimported: [...declared.values()].flatMap((directive) => {
      if (isExported(directive.metadata)) return [];
      const isKept = minorUnitsOf(directive.currency) === null;
      const left = Object.keys(directive.metadata).filter((key) => key !== "name" || !isKept);
      return left.map((key) => ({ kind: `commodity metadata ${key}`, file: directive.file, line: directive.line }));
    }),
  };
}

interface Mention {
  readonly position: SourcePosition;
  readonly placesUsed: number;
}

function collectMentions(
  directives: readonly DatedDirective[],
  transactions: readonly BookedTransaction[],
): Map<string, Mention> {
  const mentions = new Map<string, Mention>();
  const mention = (code: string, position: SourcePosition, placesUsed = 0): void => {
    const known = mentions.get(code);
    mentions.set(code, {
      position: known?.position ?? position,
      placesUsed: Math.max(known?.placesUsed ?? 0, placesUsed),
    });
  };
  for (const directive of directives) {
    if (directive.kind === "commodity") mention(directive.currency, directive);
    else if (directive.kind === "open") for (const code of directive.currencies) mention(code, directive);
    else if (directive.kind === "price") {
      mention(directive.currency, directive);
      mention(directive.amount.currency, directive);
    }
  }
  for (const { postings } of transactions) {
    for (const { units, weight, price, source } of postings) {
      mention(
        units.currency,
        source,
        Math.max(Math.min(units.number.scale, AMOUNT_PLACES_MAX), placesOf(units.number.value)),
      );
      mention(weight.currency, source);
      if (price) mention(price.currency, source);
    }
  }
  return mentions;
}

function exportedPlacesOf(directive: Commodity | undefined): number | null {
  if (directive === undefined || !isExported(directive.metadata)) return null;
  const places = textOf(directive.metadata, "footing_places") ?? "";
  return /^(?:\d|1[0-8])$/.test(places) ? Number(places) : null;
}

function nameOf(value: string | boolean | null | undefined): { name?: string } {
  const name = typeof value === "string" ? toWireText(value, TEXT_LENGTH_MAX.name) : "";
  return name === "" ? {} : { name };
}
