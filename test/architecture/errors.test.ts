import { afterAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderErrorsDoc } from "../../scripts/errors-doc.ts";
import { catalogue, type ErrorId } from "../../src/errors.ts";
import { foundationErrors } from "../../src/foundation/errors/index.ts";
import { listOperations } from "../api/shared-suite/operations.ts";
import { createTestApp } from "../support/app.ts";
import { layerOf } from "./support/layers.ts";
import { listSources, root, withoutComments } from "./support/source-files.ts";
import { listThrownIds } from "./support/thrown-ids.ts";

const t = await createTestApp();
afterAll(() => t.close());
const operations = listOperations(t.app);
const ids = Object.keys(catalogue) as ErrorId[];
const sources = listSources("src");
const modules = sources.filter(({ path }) => path.startsWith("src/modules/"));

/** What no route answers with: there is none, or none for the method. CONFLICT stands in for a constraint without a name of its own. */
const withoutRoute: readonly ErrorId[] = ["CONFLICT", "METHOD_NOT_ALLOWED", "ROUTE_NOT_FOUND"];

/** Faults of the program, not of a request: they are answered as INTERNAL. */
const programFaults: Readonly<Record<string, number>> = {
  "src/modules/book-write/service.ts": 1,
  "src/modules/commodities/repository.ts": 1,
  "src/modules/export/beancount-rules.ts": 1,
  "src/modules/journal/balance-rules.ts": 1,
  "src/modules/journal/draft-service.ts": 1,
  "src/modules/journal/fault-rules.ts": 1,
  "src/modules/journal/proposal-rules.ts": 2,
  "src/modules/journal/recording-repository.ts": 1,
  "src/modules/journal/service.ts": 1,
  "src/modules/knowledge/repository.ts": 1,
  "src/modules/periods/closing-rules.ts": 1,
  "src/modules/periods/closing-service.ts": 1,
  "src/modules/periods/repository.ts": 1,
  "src/modules/prices/service.ts": 2,
  "src/modules/prices/valuation-service.ts": 1,
  "src/modules/reports/changes-repository.ts": 1,
  "src/modules/verify/repository.ts": 1,
};

test("FT.ERR.1 every error that is thrown has an id of the catalogue, and the foundation throws its own alone", () => {
  const made = sources.flatMap(({ path, text }) =>
    Array.from(
      withoutComments(text).matchAll(/\bnew (AppError|FoundationError)\(\s*([^,)]+)/g),
      ([, maker = "", first = ""]) => ({
        path,
        maker,
        first: first.trim(),
      }),
    ),
  );
  expect(made.length).toBeGreaterThan(50);
  for (const { path, maker, first } of made) {
    const inFoundation = path.startsWith("src/foundation/");
    expect({ path, maker }).toEqual({ path, maker: inFoundation ? "FoundationError" : "AppError" });
    const literal = /^"([A-Z_]+)"$/.exec(first)?.[1];
    // What is no literal is an ErrorId to the compiler.
    if (literal !== undefined) expect(Object.keys(inFoundation ? foundationErrors : catalogue)).toContain(literal);
  }
});

test("FT.ERR.1 modules throw from the catalogue, and nothing else but the faults of the program that are counted here", () => {
  const counts: Record<string, number> = {};
  for (const { path, code } of modules) {
    for (const [, what = ""] of code.matchAll(/\bthrow\s+([^;]+);/g)) {
      if (/^new AppError\(/.test(what) || /^[a-z]\w*(?:\(|$)/.test(what)) continue;
      expect({ path, what }).toEqual({ path, what: expect.stringMatching(/^new (?:Type)?Error\(/) });
      counts[path] = (counts[path] ?? 0) + 1;
    }
  }
  expect(counts).toEqual({ ...programFaults });
});

test("FT.ERR.1 no module chooses a status: neither by number, nor by Hono's exceptions, nor by a response of its own", () => {
  for (const { path, code, imports } of modules) {
    expect({ path, exceptions: imports.filter(({ specifier }) => specifier.includes("exception")) }).toEqual({
      path,
      exceptions: [],
    });
    expect({ path, responses: code.match(/new Response\(|HTTPException|c\.status\(|c\.notFound\(/g) }).toEqual({
      path,
      responses: null,
    });
    if (layerOf(path) === "schemas") continue;
    const statuses = Array.from(code.matchAll(/(?<![\w.])[45][0-9]{2}(?![\w.]|\s*\*)/g), ([number]) => number);
    // A probe's own answer: it is no error, and has no id.
    const own = path === "src/modules/system/routes.ts" ? ["503", "503", "503", "503"] : [];
    expect({ path, statuses }).toEqual({ path, statuses: own });
  }
});

test("every id of the catalogue is one that some route says it answers with, or one that no route can", () => {
  const listed = new Set(operations.flatMap(({ errorIds }) => errorIds));
  expect([...listed, ...withoutRoute].toSorted()).toEqual(ids.toSorted());
});

test("every error that a service may throw is listed by the routes that call it", () => {
  const files = new Map(sources.map((file) => [file.path, file]));
  const thrown = new Map(
    modules.filter(({ path }) => layerOf(path) === "routes").flatMap((file) => [...listThrownIds(file, files)]),
  );
  expect([...thrown.keys()].toSorted()).toEqual(operations.map(({ id }) => id).toSorted());
  const unlisted = operations.flatMap(({ id, errorIds }) =>
    [...(thrown.get(id) ?? [])]
      .filter((errorId) => !errorIds.includes(errorId))
      .map((errorId) => `${id} may answer ${errorId}`),
  );
  expect(unlisted).toEqual([]);
});

test("every error that a route lists as its own is one that its service may throw", () => {
  const files = new Map(sources.map((file) => [file.path, file]));
  const thrown = new Map(
    modules.filter(({ path }) => layerOf(path) === "routes").flatMap((file) => [...listThrownIds(file, files)]),
  );
  // What a route answers with by standing where it does, whatever its service decides.
  const byPlace = new Set<string>([
    ...Object.keys(foundationErrors),
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "SCOPE_INSUFFICIENT",
    "NOT_FOUND",
  ]);
  const unthrown = operations.flatMap(({ id, errorIds }) =>
    errorIds
      .filter((errorId) => !byPlace.has(errorId) && thrown.get(id)?.has(errorId) !== true)
      .map((errorId) => `${id} never answers ${errorId}`),
  );
  expect(unthrown).toEqual([]);
});

test("a route that opens transactions lists what a transaction may answer, and one that opens none does not", () => {
  const transactionErrors = [
    "POOL_TIMEOUT",
    "DATABASE_UNAVAILABLE",
    "STATEMENT_TIMEOUT",
    "TRANSACTION_CONFLICT",
    "COMMIT_OUTCOME_UNKNOWN",
  ];
  for (const { id, path, errorIds } of operations) {
    const listed = transactionErrors.filter((errorId) => errorIds.includes(errorId));
    expect({ id, listed }).toEqual({ id, listed: path.startsWith("/api/") ? transactionErrors : [] });
  }
});

test("docs/errors.md says what the catalogue says: bun scripts/errors-doc.ts renews it", () => {
  expect(readFileSync(join(root, "docs/errors.md"), "utf8")).toBe(renderErrorsDoc(catalogue));
});

test("every id is expected by some test of its behaviour", () => {
  const tests = listSources("test").filter(
    ({ path }) => path.endsWith(".test.ts") && !path.startsWith("test/architecture/") && path !== "test/errors.test.ts",
  );
  const unexpected = ids.filter((id) => !tests.some(({ text }) => text.includes(`"${id}"`)));
  expect(unexpected).toEqual([]);
});
