import type { BookEnv } from "../../deps.ts";
import { streamTx } from "../../foundation/db/index.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { answerStream, logCutOff } from "../../foundation/http/stream-answer.ts";
import { defineBookRoute } from "../define-route.ts";
import { exportBeancount } from "./beancount-service.ts";
import { exportJson } from "./json-service.ts";
import { bookExportSchema, exportParamsSchema, exportQuerySchema } from "./schemas.ts";

const exportRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/export",
  operationId: "exportBook",
  summary: "The whole book, as one file",
  description:
    "Of one moment, and streamed: an answer that is cut off is neither JSON nor a beancount file without errors. " +
    "`json` has everything that the API shows of the book, drafts and voided entries too. `beancount` leaves drafts and " +
    "period closes out; what its grammar does not hold is mapped, and stands as it was in metadata that begins with `footing_`.",
  tags: ["Export"],
  cost: 10,
  params: exportParamsSchema,
  query: exportQuerySchema,
  responses: {
    200: { description: "The book", schema: bookExportSchema, texts: ["text/plain; charset=utf-8"] },
  },
  errors: ["STREAMS_BUSY"],
});

const formats = {
  json: { make: exportJson, contentType: "application/json", extension: "json" },
  beancount: { make: exportBeancount, contentType: "text/plain; charset=utf-8", extension: "beancount" },
} as const;

export function createExportRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(exportRoute, async (c) => {
    const { db, scope, principal, deps } = c.var;
    const { book_id: bookId } = c.req.valid("param");
    const { make, contentType, extension } = formats[c.req.valid("query").format];
    const exporting = { bookId, userId: principal.userId, now: deps.clock.now() };
    const stream = await streamTx(db, scope, (tx) => make(tx, exporting), { onCutOff: logCutOff(deps.logger) });
    return answerStream(c, stream, { contentType, filename: `footing-${bookId}.${extension}` });
  });

  return router;
}
