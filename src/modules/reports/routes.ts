import type { BookEnv } from "../../deps.ts";
import { formatIn } from "../../domain/money.ts";
import { withTx } from "../../foundation/db/index.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { defineBookRoute } from "../define-route.ts";
import { reportParamsSchema, trialBalanceQuerySchema, trialBalanceSchema } from "./schemas.ts";
import { getTrialBalance } from "./service.ts";

const trialBalanceRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/reports/trial-balance",
  operationId: "getTrialBalance",
  summary: "Every account's debits and credits up to a day",
  tags: ["Reports"],
  params: reportParamsSchema,
  query: trialBalanceQuerySchema,
  responses: { 200: { description: "The trial balance", schema: trialBalanceSchema } },
  errors: [],
});

export function createReportRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(trialBalanceRoute, async (c) => {
    const { book_id: bookId } = c.req.valid("param");
    const { date = null } = c.req.valid("query");
    const report = await withTx(c.var.db, c.var.scope, (tx) => getTrialBalance(tx, { bookId, date }), {
      readOnly: true,
    });
    const items = report.rows.map((row) => ({
      ...row,
      debit: formatIn(row.commodity, row.debit),
      credit: formatIn(row.commodity, row.credit),
      balance: formatIn(row.commodity, row.balance),
      weight_debit: formatIn(row.weight_commodity, row.weight_debit),
      weight_credit: formatIn(row.weight_commodity, row.weight_credit),
    }));
    const totals = report.totals.map(({ commodity, debit, credit }) => ({
      commodity,
      debit: formatIn(commodity, debit),
      credit: formatIn(commodity, credit),
    }));
    return c.json({ date, items, totals, next_cursor: null }, 200);
  });

  return router;
}
