import type { Tx } from "../../foundation/db/index.ts";
import {
  type Exporting,
  readAccounts,
  readCommodities,
  readDrafts,
  readEntries,
  readHead,
  readPeriodCloses,
  readPrices,
} from "./record-service.ts";
import type { BookExport } from "./schemas.ts";

/**
 * The book as one JSON document: each record on a line of its own, as the API answers it, so that it can be read line by
 * line. The head is the first line and ends with a comma; a list begins with `"name":[` and ends with `],` or `]}`, alone
 * on their lines. A document that was cut off is no JSON.
 * @throws NOT_FOUND before anything is given.
 */
export async function* exportJson(tx: Tx, exporting: Exporting): AsyncGenerator<string> {
  const { bookId } = exporting;
  const head: Omit<BookExport, "commodities" | "accounts" | "prices" | "entries" | "period_closes"> = {
    format: "footing-book",
    version: 1,
    ...(await readHead(tx, exporting)),
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n`;
  yield* list("commodities", readCommodities(tx, bookId));
  yield* list("accounts", readAccounts(tx, bookId));
  yield* list("prices", readPrices(tx, bookId));
  yield* list("entries", readEntries(tx, bookId, "recorded"), readDrafts(tx, bookId));
  yield* list("period_closes", readPeriodCloses(tx, bookId));
  yield "}\n";
}

async function* list(name: string, ...sources: readonly AsyncIterable<unknown>[]): AsyncGenerator<string> {
  yield `"${name}":[`;
  let separator = "\n";
  for (const source of sources) {
    for await (const record of source) {
      yield `${separator}${JSON.stringify(record)}`;
      separator = ",\n";
    }
  }
  yield name === "period_closes" ? "\n]\n" : "\n],\n";
}
