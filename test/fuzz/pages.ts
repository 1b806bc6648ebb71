import type { Operation } from "../api/shared-suite/operations.ts";

/** What is served beside the routes of the document: the content type, by path. */
export const pages: ReadonlyMap<string, string> = new Map([
  ["/docs", "text/html; charset=UTF-8"],
  ["/docs/scalar.js", "text/javascript; charset=utf-8"],
  ["/docs/start.js", "text/javascript; charset=utf-8"],
  ["/openapi.json", "application/json"],
]);

/** The pages as the fuzzer draws them, beside the operations of the document. */
export const pageOperations: readonly Operation[] = Array.from(pages.keys(), (path) => ({
  id: path,
  method: "GET",
  path,
  parameters: [],
  body: null,
  responses: {},
  errorIds: [],
  authenticated: false,
  role: null,
  keyScopes: null,
  cost: 0,
  ofBook: false,
}));
