import type { BookEnv } from "../../deps.ts";
import { formatIn } from "../../domain/money.ts";
import { withTx } from "../../foundation/db/index.ts";
import { cursorOf, parseCursor, toPage } from "../../foundation/http/pagination.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { defineBookRoute } from "../define-route.ts";
import { formatValue, toValuationResponse } from "../prices/index.ts";
import {
  accountParamsSchema,
  balanceQuerySchema,
  balanceSchema,
  registerCursorSchema,
  registerListSchema,
  registerQuerySchema,
} from "./schemas.ts";
import { getBalance, listRegister, type RegisterKey, toDatedMoney } from "./service.ts";

const tags = ["Balances"];

const balanceRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/accounts/{account_id}/balance",
  operationId: "getAccountBalance",
  summary: "What an account holds at the end of a day",
  tags,
  params: accountParamsSchema,
  query: balanceQuerySchema,
  responses: { 200: { description: "A balance per commodity", schema: balanceSchema } },
  errors: ["KNOWLEDGE_LOST"],
});

const registerRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/accounts/{account_id}/register",
  operationId: "listAccountRegister",
  summary: "An account's lines with the running balance, oldest first",
  tags,
  params: accountParamsSchema,
  query: registerQuerySchema,
  responses: { 200: { description: "A page of lines", schema: registerListSchema } },
  errors: ["COMMODITY_UNKNOWN", "KNOWLEDGE_LOST"],
});

export function createBalanceRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(balanceRoute, async (c) => {
    const { book_id: bookId, account_id: accountId } = c.req.valid("param");
    const { as_of: asOf = null, known_at: knownAt = null, descendants } = c.req.valid("query");
    const query = { bookId, accountId, asOf, knownAt, descendants: descendants === "true" };
    const { path, balances, knowledge } = await withTx(c.var.db, c.var.scope, (tx) => getBalance(tx, query), {
      readOnly: true,
    });
    return c.json(
      {
        account_id: accountId,
        path,
        as_of: asOf,
        known_at: c.req.query("known_at") ?? null,
        knowledge,
        balances: balances.map(({ commodity, debit, credit, balance }) => ({
          commodity,
          debit: formatIn(commodity, debit),
          credit: formatIn(commodity, credit),
          balance: formatIn(commodity, balance),
        })),
      },
      200,
    );
  });

  router.openapi(registerRoute, async (c) => {
    const { book_id: bookId, account_id: accountId } = c.req.valid("param");
    const { limit, cursor, ...query } = c.req.valid("query");
    const cursorScope = { purpose: "register", filters: { ...query, accountId } };
    const after = cursor === undefined ? null : toRegisterKey(parseCursor(cursor, cursorScope, registerCursorSchema));
    const { from = null, to = null, commodity = null, known_at: knownAt = null, total_in: totalIn = null } = query;
    const filter = { from, to, commodity, knownAt, totalIn };
    const { rows, knowledge, valuation } = await withTx(
      c.var.db,
      c.var.scope,
      (tx) => listRegister(tx, { bookId, accountId }, filter, { limit, after }),
      { readOnly: true },
    );
    const page = toPage(rows, limit, (last) => cursorOf(cursorScope, [last.date, last.entry_id, last.position]));
    const items = page.items.map((row) => ({
      ...row,
      amount: formatIn(row.commodity, row.amount),
      balance: formatIn(row.commodity, row.balance),
      value: formatValue(valuation, valuation.valueOf(toDatedMoney(row))),
    }));
    const known = { known_at: c.req.query("known_at") ?? null, knowledge };
    return c.json({ ...known, ...toValuationResponse(valuation), items, next_cursor: page.next_cursor }, 200);
  });

  return router;
}

function toRegisterKey([date, entryId, position]: [string, string, number]): RegisterKey {
  return { date, entryId, position };
}
