import type { BookEnv } from "../../deps.ts";
import { withTx } from "../../foundation/db/index.ts";
import { cursorOf, parseCursor, toPage } from "../../foundation/http/pagination.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { writeToBook } from "../book-write/index.ts";
import { defineBookRoute, defineBookWriteRoute } from "../define-route.ts";
import {
  bookParamsSchema,
  commodityCursorSchema,
  commodityListQuerySchema,
  commodityListSchema,
  commodityParamsSchema,
  commodityPatchSchema,
  commodityRequestSchema,
  commodityResponseSchema,
} from "./schemas.ts";
import { createCommodity, getCommodity, listAllCommodities, removeCommodity, renameCommodity } from "./service.ts";

const tags = ["Commodities"];

const createRoute = defineBookWriteRoute({
  method: "post",
  path: "/books/{book_id}/commodities",
  operationId: "createCommodity",
  summary: "Add a commodity of the book's own",
  description:
    "Shares, points, a currency out of force. The currencies of ISO 4217 are built in and cannot be created.",
  tags,
  params: bookParamsSchema,
  body: commodityRequestSchema,
  responses: { 201: { description: "The commodity", schema: commodityResponseSchema } },
  errors: ["COMMODITY_EXISTS"],
});

const listRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/commodities",
  operationId: "listCommodities",
  summary: "The currencies of ISO 4217 and the book's own commodities, by code",
  tags,
  params: bookParamsSchema,
  query: commodityListQuerySchema,
  responses: { 200: { description: "A page of commodities", schema: commodityListSchema } },
  errors: [],
});

const getRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/commodities/{code}",
  operationId: "getCommodity",
  summary: "One commodity",
  tags,
  params: commodityParamsSchema,
  responses: { 200: { description: "The commodity", schema: commodityResponseSchema } },
  errors: [],
});

const renameRoute = defineBookWriteRoute({
  method: "patch",
  path: "/books/{book_id}/commodities/{code}",
  operationId: "renameCommodity",
  summary: "Change the name of one of the book's own commodities",
  description: "A code of ISO 4217 answers `COMMODITY_EXISTS`: it is built in.",
  tags,
  params: commodityParamsSchema,
  body: commodityPatchSchema,
  responses: { 200: { description: "The commodity", schema: commodityResponseSchema } },
  errors: ["COMMODITY_EXISTS"],
});

const deleteRoute = defineBookWriteRoute({
  method: "delete",
  path: "/books/{book_id}/commodities/{code}",
  operationId: "deleteCommodity",
  summary: "Delete one of the book's own commodities",
  description:
    "Refused while a line, a price or an account's list of commodities has it. " +
    "A code of ISO 4217 answers `COMMODITY_EXISTS`: it is built in.",
  tags,
  params: commodityParamsSchema,
  responses: { 204: { description: "Deleted" } },
  errors: ["COMMODITY_IN_USE", "COMMODITY_EXISTS"],
});

export function createCommodityRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(createRoute, async (c) => {
    const { code, name = null, places } = c.req.valid("json");
    const input = { bookId: c.req.valid("param").book_id, code, name, places, now: c.var.deps.clock.now() };
    return c.json(await writeToBook(c, { status: 201, run: (tx) => createCommodity(tx, input) }), 201);
  });

  router.openapi(listRoute, async (c) => {
    const { limit, cursor, ...filters } = c.req.valid("query");
    const scope = { purpose: "commodities", filters };
    const [after] = cursor === undefined ? [null] : parseCursor(cursor, scope, commodityCursorSchema);
    const query = {
      bookId: c.req.valid("param").book_id,
      iso4217: filters.iso4217 === undefined ? null : filters.iso4217 === "true",
      limit: limit + 1,
      after,
    };
    const rows = await withTx(c.var.db, c.var.scope, (tx) => listAllCommodities(tx, query), { readOnly: true });
    return c.json(
      toPage(rows, limit, (last) => cursorOf(scope, [last.code])),
      200,
    );
  });

  router.openapi(getRoute, async (c) => {
    const { book_id: bookId, code } = c.req.valid("param");
    const commodity = await withTx(c.var.db, c.var.scope, (tx) => getCommodity(tx, { bookId, code }), {
      readOnly: true,
    });
    return c.json(commodity, 200);
  });

  router.openapi(renameRoute, async (c) => {
    const { book_id: bookId, code } = c.req.valid("param");
    const { name } = c.req.valid("json");
    return c.json(await writeToBook(c, { status: 200, run: (tx) => renameCommodity(tx, { bookId, code, name }) }), 200);
  });

  router.openapi(deleteRoute, async (c) => {
    const { book_id: bookId, code } = c.req.valid("param");
    await writeToBook(c, { status: 204, run: (tx) => removeCommodity(tx, { bookId, code }) });
    return c.body(null, 204);
  });

  return router;
}
