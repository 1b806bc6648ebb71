import type { BookEnv } from "../../deps.ts";
import { withTx } from "../../foundation/db/index.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { defineBookRoute } from "../define-route.ts";
import { verificationSchema, verifyParamsSchema } from "./schemas.ts";
import { verifyBook } from "./service.ts";

const verifyRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/verify",
  operationId: "verifyBook",
  summary: "Whether the book holds what it promises, recomputed from its lines",
  description:
    "Looks at every entry, line and total of the book as they are at one moment, and answers 200 whether or not it finds something: " +
    "read `status`. The cost grows linearly with the lines of the book, unlike that of balances and reports; a book too large " +
    "for the statement timeout answers STATEMENT_TIMEOUT, and is verified by `bun run verify`.",
  tags: ["Verification"],
  cost: 10,
  params: verifyParamsSchema,
  responses: { 200: { description: "Every invariant, and whether it holds", schema: verificationSchema } },
  errors: [],
});

export function createVerifyRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(verifyRoute, async (c) => {
    const { book_id: bookId } = c.req.valid("param");
    const { status, checked, invariants } = await withTx(c.var.db, c.var.scope, (tx) => verifyBook(tx, { bookId }), {
      readOnly: true,
    });
    return c.json(
      { status, checked, invariants: invariants.map((found) => ({ ...found, examples: [...found.examples] })) },
      200,
    );
  });

  return router;
}
