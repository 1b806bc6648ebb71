import type { BookEnv } from "../../deps.ts";
import { type Tx, withTx } from "../../foundation/db/index.ts";
import { cursorOf, parseCursor, toPage } from "../../foundation/http/pagination.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { writeToBook } from "../book-write/index.ts";
import { defineBookRoute, defineBookWriteRoute } from "../define-route.ts";
import { toPriceResponse } from "./responses.ts";
import {
  bookParamsSchema,
  bulkPricesRequestSchema,
  latestPriceQuerySchema,
  priceCursorSchema,
  priceListQuerySchema,
  priceListSchema,
  priceParamsSchema,
  priceRequestSchema,
  priceResponseSchema,
} from "./schemas.ts";
import { getLatestPrice, listPrices, recordPrice, recordPrices, removePrice } from "./service.ts";

const tags = ["Prices"];

const recordRoute = defineBookWriteRoute({
  method: "post",
  path: "/books/{book_id}/prices",
  operationId: "recordPrice",
  summary: "Record the price of a day, or correct it",
  description:
    "A price is a fact of a commodity, a quote commodity and a date. Where the book has one it is corrected, its " +
    "source included, and keeps its id and creation time.",
  tags,
  params: bookParamsSchema,
  body: priceRequestSchema,
  responses: { 201: { description: "The price as it stands", schema: priceResponseSchema } },
  errors: ["COMMODITY_UNKNOWN"],
});

const recordBulkRoute = defineBookWriteRoute({
  method: "post",
  path: "/books/{book_id}/prices/bulk",
  operationId: "recordPrices",
  cost: 5,
  summary: "Record or correct up to 1,000 prices, all or none",
  description: "One transaction. A commodity, quote and date that comes twice in the request is refused.",
  tags,
  params: bookParamsSchema,
  body: bulkPricesRequestSchema,
  responses: { 201: { description: "The prices, in the order of the request", schema: priceListSchema } },
  errors: ["COMMODITY_UNKNOWN"],
});

const listRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/prices",
  operationId: "listPrices",
  summary: "Prices, newest first",
  tags,
  params: bookParamsSchema,
  query: priceListQuerySchema,
  responses: { 200: { description: "A page of prices", schema: priceListSchema } },
  errors: [],
});

const latestRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/prices/latest",
  operationId: "getLatestPrice",
  summary: "The latest price on or before a date",
  description: "As recorded: the reverse pair is not derived. `NOT_FOUND` when there is no price so early.",
  tags,
  params: bookParamsSchema,
  query: latestPriceQuerySchema,
  responses: { 200: { description: "The price", schema: priceResponseSchema } },
  errors: [],
});

const deleteRoute = defineBookWriteRoute({
  method: "delete",
  path: "/books/{book_id}/prices/{price_id}",
  operationId: "deletePrice",
  summary: "Delete a price",
  tags,
  params: priceParamsSchema,
  responses: { 204: { description: "Deleted" } },
  errors: [],
});

export function createPriceRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(recordRoute, async (c) => {
    const { deps } = c.var;
    const price = { ...c.req.valid("json"), id: deps.ids.uuid() };
    const input = { bookId: c.req.valid("param").book_id, now: deps.clock.now(), price };
    const run = async (tx: Tx) => toPriceResponse(await recordPrice(tx, input));
    return c.json(await writeToBook(c, { status: 201, run }), 201);
  });

  router.openapi(recordBulkRoute, async (c) => {
    const { deps } = c.var;
    const prices = c.req.valid("json").prices.map((price) => ({ ...price, id: deps.ids.uuid() }));
    const input = { bookId: c.req.valid("param").book_id, now: deps.clock.now(), prices };
    const run = async (tx: Tx) => ({ items: (await recordPrices(tx, input)).map(toPriceResponse), next_cursor: null });
    return c.json(await writeToBook(c, { status: 201, run }), 201);
  });

  router.openapi(listRoute, async (c) => {
    const { limit, cursor, ...filters } = c.req.valid("query");
    const { book_id: bookId } = c.req.valid("param");
    const scope = { purpose: "prices", filters };
    const [date, id] = cursor === undefined ? [null, null] : parseCursor(cursor, scope, priceCursorSchema);
    const before = date === null ? null : { date, id };
    const rows = await withTx(
      c.var.db,
      c.var.scope,
      (tx) => listPrices(tx, bookId, filters, { limit: limit + 1, before }),
      { readOnly: true },
    );
    const page = toPage(rows, limit, (last) => cursorOf(scope, [last.date, last.id]));
    return c.json({ ...page, items: page.items.map(toPriceResponse) }, 200);
  });

  router.openapi(latestRoute, async (c) => {
    const { date = null, ...pair } = c.req.valid("query");
    const query = { bookId: c.req.valid("param").book_id, date, ...pair };
    const price = await withTx(c.var.db, c.var.scope, (tx) => getLatestPrice(tx, query), { readOnly: true });
    return c.json(toPriceResponse(price), 200);
  });

  router.openapi(deleteRoute, async (c) => {
    const { book_id: bookId, price_id: priceId } = c.req.valid("param");
    const input = { bookId, priceId, now: c.var.deps.clock.now() };
    await writeToBook(c, { status: 204, run: (tx) => removePrice(tx, input) });
    return c.body(null, 204);
  });

  return router;
}
