import type { Dice } from "../dice.ts";
import type { Book } from "../facts.ts";
import { dayNear } from "../vocabulary.ts";
import { newestFirst } from "./journal.ts";
import { notFound, pathWith, type Query } from "./query.ts";

export interface PriceFilter {
  readonly commodity?: string | undefined;
  readonly quote?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export function priceList(book: Book, filter: PriceFilter, limit: number): Query {
  const expected = newestFirst([...book.prices.values()]).filter(
    (price) =>
      price.commodity === (filter.commodity ?? price.commodity) &&
      price.quote === (filter.quote ?? price.quote) &&
      price.date >= (filter.from ?? price.date) &&
      price.date <= (filter.to ?? price.date),
  );
  return { endpoint: "GET /prices", path: pathWith("/prices", { ...filter }), limit, expected };
}

export const priceQueries: Record<string, (dice: Dice, book: Book) => Query> = {
  prices: (dice, book) =>
    priceList(
      book,
      {
        commodity: dice.maybe(40, ["SEAT", "USD", "ACME"]),
        quote: dice.maybe(20, ["USD"]),
        from: dice.maybe(30, [dayNear(dice, book)]),
        to: dice.maybe(30, [dayNear(dice, book)]),
      },
      dice.of([100, 1, 4]),
    ),
  "latest price": (dice, book) => {
    const endpoint = "GET /prices/latest";
    const [commodity, quote] = dice.of([
      ["SEAT", "USD"],
      ["USD", "JPY"],
      ["ACME", "USD"],
    ] as const);
    const date = dice.maybe(70, [dayNear(dice, book)]);
    const path = pathWith("/prices/latest", { commodity, quote, date });
    const [expected] = newestFirst([...book.prices.values()]).filter(
      (price) => price.commodity === commodity && price.quote === quote && price.date <= (date ?? price.date),
    );
    return expected === undefined ? notFound(endpoint, path) : { endpoint, path, expected };
  },
};
