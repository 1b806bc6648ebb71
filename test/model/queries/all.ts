import type { Dice } from "../dice.ts";
import type { Book } from "../facts.ts";
import { accountList, accountQueries } from "./accounts.ts";
import { balance, balanceQueries, register } from "./balances.ts";
import { changeQueries, changes } from "./changes.ts";
import { entryList, journalQueries } from "./journal.ts";
import { closeList, periodQueries, verification } from "./periods.ts";
import { priceList, priceQueries } from "./prices.ts";
import { pathWith, type Query } from "./query.ts";
import { reportQueries, reports } from "./reports.ts";

const refusedQueries: Record<string, (dice: Dice, book: Book) => Query> = {
  "an unknown parameter": (dice) => {
    const endpoint = dice.of(["/accounts", "/journal-entries", "/prices", "/reports/trial-balance"]);
    return { endpoint: `GET ${endpoint}`, path: pathWith(endpoint, { sort: "date" }), status: 400 };
  },
};

const kinds = {
  ...journalQueries,
  ...accountQueries,
  ...balanceQueries,
  ...priceQueries,
  ...periodQueries,
  ...reportQueries,
  ...changeQueries,
  ...refusedQueries,
};

/** A question made from what the book has. */
export function someQuery(dice: Dice, book: Book): Query {
  return dice.of(Object.values(kinds))(dice, book);
}

/** Everything that there is to read. */
export function everything(book: Book): Query[] {
  const accounts = [...book.accounts.keys()];
  const days = [...new Set([...book.entries.values()].map(({ date }) => date))].sort();
  const some = [undefined, days[0], days[Math.floor(days.length / 2)]];
  const last = book.points[Math.floor(book.points.length / 2)]?.knownAt ?? book.now;
  return [
    entryList(book, {}, 50),
    accountList(book, {}, 50),
    priceList(book, {}, 50),
    closeList(book, 50),
    verification(book),
    ...Object.values(reports).flatMap((report) =>
      some.flatMap((as_of) => [undefined, last].map((known_at) => report(book, { as_of, known_at }))),
    ),
    ...(Object.keys(reports) as (keyof typeof reports)[]).map((name) => changes(book, name, { from: last }, 50)),
    ...accounts.flatMap((id) => [
      balance(book, id, {}),
      balance(book, id, { as_of: some[2], known_at: last, descendants: "true" }),
      register(book, id, {}, 50),
    ]),
  ];
}

export const endpoints = [
  "GET /journal-entries",
  "GET /journal-entries/{entry_id}",
  "GET /accounts",
  "GET /accounts/{account_id}",
  "GET /accounts/{account_id}/balance",
  "GET /accounts/{account_id}/register",
  ...Object.keys(reports).flatMap((name) => [`GET /reports/${name}`, `GET /reports/${name}/changes`]),
  "GET /prices",
  "GET /prices/latest",
  "GET /period-closes",
  "GET /period-closes/{close_id}",
  "GET /verify",
];
