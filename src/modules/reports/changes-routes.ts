import type { Context } from "hono";
import type { BookEnv } from "../../deps.ts";
import type { Knowledge } from "../../domain/knowledge.ts";
import { withTx } from "../../foundation/db/index.ts";
import { cursorOf, parseCursor, toPage } from "../../foundation/http/pagination.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { defineBookRoute } from "../define-route.ts";
import { toChangeResponse } from "./changes-responses.ts";
import {
  changeListSchema,
  changesCursorSchema,
  dayChangesQuerySchema,
  rangeChangesQuerySchema,
} from "./changes-schemas.ts";
import { type ChangesPlace, listChanges, type StatementName } from "./changes-service.ts";
import { reportParamsSchema } from "./schemas.ts";

const tags = ["Reports"];
const common = {
  method: "get",
  description:
    "In the order in which they were recorded, each with what it moved. Ask again with `from` set to the answer's " +
    "`knowledge` to follow a statement: no entry is missed or comes twice, those that were being committed meanwhile included.",
  params: reportParamsSchema,
  responses: { 200: { description: "A page of entries", schema: changeListSchema } },
  errors: ["KNOWLEDGE_LOST"],
} as const;

const trialBalanceChangesRoute = defineBookRoute({
  ...common,
  tags,
  path: "/books/{book_id}/reports/trial-balance/changes",
  operationId: "listTrialBalanceChanges",
  summary: "The entries that changed a trial balance between two points of knowledge",
  query: rangeChangesQuerySchema,
});

const balanceSheetChangesRoute = defineBookRoute({
  ...common,
  tags,
  path: "/books/{book_id}/reports/balance-sheet/changes",
  operationId: "listBalanceSheetChanges",
  summary: "The entries that changed a balance sheet between two points of knowledge",
  query: dayChangesQuerySchema,
});

const incomeStatementChangesRoute = defineBookRoute({
  ...common,
  tags,
  path: "/books/{book_id}/reports/income-statement/changes",
  operationId: "listIncomeStatementChanges",
  summary: "The entries that changed an income statement between two points of knowledge",
  query: rangeChangesQuerySchema,
});

const cashFlowChangesRoute = defineBookRoute({
  ...common,
  tags,
  path: "/books/{book_id}/reports/cash-flow/changes",
  operationId: "listCashFlowChanges",
  summary: "The entries that changed a statement of cash flows between two points of knowledge",
  query: rangeChangesQuerySchema,
});

interface ValidQuery {
  readonly since?: string | undefined;
  readonly as_of?: string | undefined;
  readonly from: Knowledge;
  readonly to?: Knowledge | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export function createChangesRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(trialBalanceChangesRoute, async (c) => {
    const changes = await readChanges(c, "trial-balance", c.req.valid("param").book_id, c.req.valid("query"));
    return c.json(changes, 200);
  });
  router.openapi(balanceSheetChangesRoute, async (c) => {
    const changes = await readChanges(c, "balance-sheet", c.req.valid("param").book_id, c.req.valid("query"));
    return c.json(changes, 200);
  });
  router.openapi(incomeStatementChangesRoute, async (c) => {
    const changes = await readChanges(c, "income-statement", c.req.valid("param").book_id, c.req.valid("query"));
    return c.json(changes, 200);
  });
  router.openapi(cashFlowChangesRoute, async (c) => {
    const changes = await readChanges(c, "cash-flow", c.req.valid("param").book_id, c.req.valid("query"));
    return c.json(changes, 200);
  });

  return router;
}

async function readChanges(c: Context<BookEnv>, statement: StatementName, bookId: string, valid: ValidQuery) {
  const { limit, cursor, since = null, as_of: asOf = null, from, to = null } = valid;
  const cursorScope = { purpose: `${statement}/changes`, filters: { bookId, since, asOf, from, to } };
  const after = cursor === undefined ? null : toChangesPlace(parseCursor(cursor, cursorScope, changesCursorSchema));
  const query = { bookId, statement, since, asOf, from, to };
  const changes = await withTx(c.var.db, c.var.scope, (tx) => listChanges(tx, query, { limit: limit + 1, after }), {
    readOnly: true,
  });
  const page = toPage(changes.rows, limit, (last) =>
    cursorOf(cursorScope, [changes.knowledge, last.recorded_xid, last.id]),
  );
  return {
    from: c.req.query("from") ?? "",
    to: c.req.query("to") ?? null,
    knowledge: changes.knowledge,
    items: page.items.map(toChangeResponse),
    next_cursor: page.next_cursor,
  };
}

function toChangesPlace([to, xid, entryId]: [ChangesPlace["to"], string, string]): ChangesPlace {
  return { to, xid, entryId };
}
