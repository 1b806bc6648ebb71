import type { Dice } from "../dice.ts";
import type { Book, Price } from "../facts.ts";
import { refused, type Write } from "../performing.ts";
import { places } from "../reference-model.ts";
import { dayNear } from "../vocabulary.ts";

type Told = Pick<Price, "commodity" | "quote" | "date" | "price"> & { readonly source?: string };

const factOf = ({ commodity, quote, date }: Told) => `${commodity} ${quote} ${date}`;

function tell(book: Book, told: Told, id: string): Price {
  const known = [...book.prices.values()].find((price) => factOf({ ...told, ...price, source: "" }) === factOf(told));
  const made = known ?? { id, created_at: book.now };
  const price = { source: null, ...told, id: made.id, created_at: made.created_at };
  book.prices.set(price.id, price);
  book.versions.push({ ...price, created_at: book.now });
  return price;
}

const unknownIn = (told: Told, at: string) =>
  (["commodity", "quote"] as const).flatMap((field) =>
    told[field] in places ? [] : [`COMMODITY_UNKNOWN ${at}/${field}`],
  );

function recordOne(told: Told): Write {
  return {
    method: "POST",
    path: "/prices",
    json: told,
    apply(book, answered) {
      const unknown = unknownIn(told, "");
      if (unknown.length > 0) return refused(422, ...unknown);
      return { status: 201, body: tell(book, told, answered.id) };
    },
  };
}

function recordSeveral(prices: readonly Told[]): Write {
  return {
    method: "POST",
    path: "/prices/bulk",
    json: { prices },
    malformed: new Set(prices.map(factOf)).size < prices.length,
    apply(book, answered) {
      const unknown = prices.flatMap((told, at) => unknownIn(told, `/prices/${at}`));
      if (unknown.length > 0) return refused(422, ...unknown);
      const items = prices.map((told, at) => tell(book, told, answered.items?.[at]?.id));
      return { status: 201, body: { items, next_cursor: null } };
    },
  };
}

function remove(id: string): Write {
  return {
    method: "DELETE",
    path: `/prices/${id}`,
    apply(book) {
      const price = book.prices.get(id);
      if (price === undefined) return refused(404, "NOT_FOUND");
      book.prices.delete(id);
      book.versions.push({ ...price, price: null, created_at: book.now });
      return { status: 204, body: null };
    },
  };
}

function priceOf(dice: Dice, book: Book): Told {
  const [commodity, quote] = dice.of([
    ["SEAT", "USD"],
    ["ACME", "USD"],
    ["USD", "JPY"],
    ["KWD", "USD"],
    ...(dice.chance(15) ? [["NONE", "USD"] as const] : []),
  ] as const);
  const price = dice.of(["1", "2.5", "187.44", "0.006", "310.25"]);
  return { commodity, quote, date: dayNear(dice, book), price, ...(dice.chance(40) ? { source: "ECB" } : {}) };
}

export const priceSteps: Record<string, (dice: Dice, book: Book) => Write> = {
  "record a price": (dice, book) => recordOne(priceOf(dice, book)),
  "correct a price": (dice, book) => {
    const known = [...book.prices.values()];
    if (known.length === 0) return recordOne(priceOf(dice, book));
    const { commodity, quote, date } = dice.of(known);
    return recordOne({ commodity, quote, date, price: dice.of(["3", "4.75"]) });
  },
  "record prices": (dice, book) => recordSeveral([priceOf(dice, book), priceOf(dice, book)]),
  "delete a price": (dice, book) =>
    remove(book.prices.size === 0 ? "0198c5a0-0000-7000-8000-00000000dead" : dice.of([...book.prices.keys()])),
};
