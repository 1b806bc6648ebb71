import type { BookEnv } from "../../deps.ts";
import type { Knowledge } from "../../domain/knowledge.ts";
import { withTx } from "../../foundation/db/index.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { defineBookRoute } from "../define-route.ts";
import { createChangesRoutes } from "./changes-routes.ts";
import { type Asked, toStatementResponse, toTrialBalanceResponse } from "./responses.ts";
import {
  balanceSheetSchema,
  cashFlowSchema,
  dayQuerySchema,
  incomeStatementSchema,
  rangeQuerySchema,
  reportParamsSchema,
  trialBalanceSchema,
} from "./schemas.ts";
import { getBalanceSheet, getCashFlow, getIncomeStatement, getTrialBalance } from "./service.ts";

const tags = ["Reports"];
const errors = ["COMMODITY_UNKNOWN", "KNOWLEDGE_LOST"] as const;

const trialBalanceRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/reports/trial-balance",
  operationId: "getTrialBalance",
  summary: "Every account's debits and credits",
  description: "Up to a day, or of a range of days. Per weight commodity the debits equal the credits.",
  tags,
  params: reportParamsSchema,
  query: rangeQuerySchema,
  responses: { 200: { description: "The trial balance", schema: trialBalanceSchema } },
  errors,
});

const balanceSheetRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/reports/balance-sheet",
  operationId: "getBalanceSheet",
  summary: "What the book has, owes and is worth at the end of a day",
  description: "Per commodity, assets = liabilities + equity + earnings + conversions.",
  tags,
  params: reportParamsSchema,
  query: dayQuerySchema,
  responses: { 200: { description: "The balance sheet", schema: balanceSheetSchema } },
  errors,
});

const incomeStatementRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/reports/income-statement",
  operationId: "getIncomeStatement",
  summary: "What came in and what it cost, over a range of days",
  description: "Closing entries are left out.",
  tags,
  params: reportParamsSchema,
  query: rangeQuerySchema,
  responses: { 200: { description: "The income statement", schema: incomeStatementSchema } },
  errors,
});

const cashFlowRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/reports/cash-flow",
  operationId: "getCashFlow",
  summary: "Where cash came from and went, over a range of days",
  description:
    "Cash is what is in accounts whose `cash_flow` is `cash`; the other accounts say why it moved. Per commodity, " +
    "opening + operating + investing + financing + conversions = closing. Closing entries are left out.",
  tags,
  params: reportParamsSchema,
  query: rangeQuerySchema,
  responses: { 200: { description: "The statement of cash flows", schema: cashFlowSchema } },
  errors,
});

export function createReportRoutes() {
  const router = createRouter<BookEnv>();
  router.route("/", createChangesRoutes());

  router.openapi(trialBalanceRoute, async (c) => {
    const asked = askedOf(c.req.valid("param").book_id, c.req.valid("query"), c.req.query("known_at"));
    const report = await withTx(c.var.db, c.var.scope, (tx) => getTrialBalance(tx, asked), { readOnly: true });
    return c.json(toTrialBalanceResponse(asked, report), 200);
  });

  router.openapi(balanceSheetRoute, async (c) => {
    const asked = askedOf(c.req.valid("param").book_id, c.req.valid("query"), c.req.query("known_at"));
    const report = await withTx(c.var.db, c.var.scope, (tx) => getBalanceSheet(tx, asked), { readOnly: true });
    return c.json(toStatementResponse(asked, report), 200);
  });

  router.openapi(incomeStatementRoute, async (c) => {
    const asked = askedOf(c.req.valid("param").book_id, c.req.valid("query"), c.req.query("known_at"));
    const report = await withTx(c.var.db, c.var.scope, (tx) => getIncomeStatement(tx, asked), { readOnly: true });
    return c.json({ since: asked.since, ...toStatementResponse(asked, report) }, 200);
  });

  router.openapi(cashFlowRoute, async (c) => {
    const asked = askedOf(c.req.valid("param").book_id, c.req.valid("query"), c.req.query("known_at"));
    const report = await withTx(c.var.db, c.var.scope, (tx) => getCashFlow(tx, asked), { readOnly: true });
    return c.json({ since: asked.since, ...toStatementResponse(asked, report) }, 200);
  });

  return router;
}

interface ValidQuery {
  readonly since?: string | undefined;
  readonly as_of?: string | undefined;
  readonly known_at?: Knowledge | undefined;
  readonly total_in?: string | undefined;
}

/** @param knownAtText - `known_at` as it was written */
function askedOf(bookId: string, query: ValidQuery, knownAtText: string | undefined): Asked {
  const { since = null, as_of: asOf = null, known_at: knownAt = null, total_in: totalIn = null } = query;
  return { bookId, since, asOf, knownAt, totalIn, knownAtText: knownAtText ?? null };
}
