import type { Dice } from "../dice.ts";
import type { Book } from "../reference-model.ts";
import { accountList, accountQueries } from "./accounts.ts";
import { balance, balanceQueries, register, trialBalance } from "./balances.ts";
import { entryList, journalQueries } from "./journal.ts";
import { closeList, periodQueries, verification } from "./periods.ts";
import { priceList, priceQueries } from "./prices.ts";
import { pathWith, type Query } from "./query.ts";

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
  return [
    entryList(book, {}, 50),
    accountList(book, {}, 50),
    priceList(book, {}, 50),
    closeList(book, 50),
    verification(book),
    ...some.map((date) => trialBalance(book, { date })),
    ...accounts.flatMap((id) => [
      balance(book, id, {}),
      balance(book, id, { date: some[2], descendants: "true" }),
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
  "GET /reports/trial-balance",
  "GET /prices",
  "GET /prices/latest",
  "GET /period-closes",
  "GET /period-closes/{close_id}",
  "GET /verify",
];
