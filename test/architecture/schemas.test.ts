import { afterAll, expect, test } from "bun:test";
import { listOperations, readDocument } from "../api/shared-suite/operations.ts";
import { type JsonSchema, resolve } from "../api/shared-suite/sample.ts";
import { createTestApp } from "../support/app.ts";
import { layerOf } from "./support/layers.ts";
import { listSources, type SourceFile } from "./support/source-files.ts";

const t = await createTestApp();
afterAll(() => t.close());
const operations = listOperations(t.app);
const document = readDocument(t.app);
const { schemas } = document.components;

const modules = listSources("src/modules");
const routeFiles = modules.filter(({ path }) => layerOf(path) === "routes");

/** What a list tells beside its items and its cursor. */
const valuation = ["total_in", "prices", "missing_prices"];
const changes = ["from", "to", "knowledge"];
const listExtras: Readonly<Record<string, readonly string[]>> = {
  getTrialBalance: ["since", "as_of", "known_at", "knowledge", "totals", "total", ...valuation],
  listAccountRegister: ["known_at", "knowledge", ...valuation],
  listTrialBalanceChanges: changes,
  listBalanceSheetChanges: changes,
  listIncomeStatementChanges: changes,
  listCashFlowChanges: changes,
};

/** A caller's own JSON, returned as it came. */
const freeForm = /\/metadata$/;

function responsesOf(): { readonly id: string; readonly schema: JsonSchema }[] {
  return operations.flatMap(({ id, method, path }) =>
    Object.entries(document.paths[path]?.[method.toLowerCase()]?.responses ?? {}).flatMap(([status, { content }]) => {
      const schema = content?.["application/json"]?.schema;
      return schema === undefined || Number(status) === 204 ? [] : [{ id, schema }];
    }),
  );
}

/** Every schema within a schema, with where it stands; a component is entered once a path. */
function* walk(
  given: JsonSchema,
  where: string,
  seen: readonly JsonSchema[] = [],
): Generator<readonly [string, JsonSchema]> {
  const schema = given.$ref === undefined ? given : resolve(given, schemas);
  if (seen.includes(schema)) return;
  yield [where, schema];
  const within = [...seen, schema];
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* walk(field, `${where}/${name}`, within);
  if (schema.items !== undefined) yield* walk(schema.items, `${where}[]`, within);
  for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
    yield* walk(branch, where, within);
}

function isObjectSchema({ type, properties }: JsonSchema): boolean {
  return properties !== undefined || type === "object" || (Array.isArray(type) && type.includes("object"));
}

test("FT.SCH.1 no route file declares a schema: none of them has zod", () => {
  expect(routeFiles.length).toBeGreaterThan(8);
  for (const { path, imports, code } of routeFiles) {
    const zod = imports.filter(
      ({ specifier, names }) =>
        /zod$/.test(specifier) ||
        names.includes("z") ||
        names.includes("listSchema") ||
        names.includes("responseSchema"),
    );
    expect({ path, zod: zod.map(({ names }) => names), inline: code.match(/\bz\.\w+\(/g) }).toEqual({
      path,
      zod: zod.flatMap(({ specifier, names }) =>
        specifier === "@hono/zod-openapi" && String(names) === "OpenAPIHono" ? [["OpenAPIHono"]] : [],
      ),
      inline: null,
    });
  }
});

test("FT.SCH.1 the schemas that routes answer with are declared with responseSchema or listSchema, in a schemas file", () => {
  const declared = new Map(
    modules
      .filter(({ path }) => ["schemas", "fields"].includes(layerOf(path)))
      .flatMap(({ text }) =>
        Array.from(
          text.matchAll(/^export const (\w+) = ([\w.]+)\(/gm),
          ([, name = "", base = ""]) => [name, base] as const,
        ),
      ),
  );
  const answered = routeFiles.flatMap(({ path, text }: SourceFile) =>
    Array.from(text.matchAll(/\bschema: (\w+)/g), ([, name = ""]) => ({ path, name, base: declared.get(name) })),
  );
  expect(answered.length).toBeGreaterThan(30);
  expect(answered.filter(({ base }) => base !== "responseSchema" && base !== "listSchema")).toEqual([]);
});

test("FT.SCH.1 no response lets a field pass that its schema does not name, at any depth", () => {
  const responses = responsesOf();
  expect(responses.length).toBeGreaterThan(30);
  const open = responses.flatMap(({ id, schema }) =>
    [...walk(schema, id)]
      .filter(([, part]) => isObjectSchema(part) && part.additionalProperties !== false)
      .map(([where]) => where),
  );
  expect(open.filter((where) => !freeForm.test(where))).toEqual([]);
});

test("FT.SCH.1 every list is items and next_cursor, both there always, and nothing else that is not written down here", () => {
  const lists = responsesOf().filter(({ schema }) => {
    const { properties = {} } = resolve(schema, schemas);
    return "items" in properties || "next_cursor" in properties;
  });
  expect(lists.length).toBeGreaterThan(8);
  for (const { id, schema } of lists) {
    const { properties = {}, required = [] } = resolve(schema, schemas);
    const expected = ["items", "next_cursor", ...(listExtras[id] ?? [])].toSorted();
    expect({ id, fields: Object.keys(properties).toSorted(), required: [...required].toSorted() }).toEqual({
      id,
      fields: expected,
      required: expected,
    });
    expect(properties["items"]).toMatchObject({ type: "array" });
    expect(properties["next_cursor"]).toMatchObject({ type: ["string", "null"] });
  }
});

test("FT.SCH.1 every GET of a collection is a list, and takes limit and cursor where it has pages", () => {
  const listing = operations.filter(({ id }) => id.startsWith("list"));
  expect(listing.length).toBeGreaterThan(8);
  for (const { id, parameters } of listing) {
    const schema = responsesOf().find((response) => response.id === id)?.schema ?? {};
    expect(Object.keys(resolve(schema, schemas).properties ?? {})).toContain("items");
    const names = parameters.map(({ name }) => name).filter((name) => name === "limit" || name === "cursor");
    expect({ id, names }).toEqual({ id, names: id === "listErrors" ? [] : ["limit", "cursor"] });
  }
});

test("FT.SCH.1 no amount of money is a number, in any request or response", () => {
  const bodies = operations.flatMap(({ id, body }) => (body === null ? [] : [{ id, schema: body.json }]));
  const numbers = [...responsesOf(), ...bodies].flatMap(({ id, schema }) =>
    [...walk(schema, id)]
      .filter(([, { type }]) =>
        ["number", "integer"].some((name) => type === name || (Array.isArray(type) && type.includes(name))),
      )
      .map(([where]) => where),
  );
  const counts =
    /\/(?:places|position|expires_in|status|duration_ms|version|violations|checked\/(?:entries|lines|accounts))$/;
  expect(numbers.filter((where) => !counts.test(where))).toEqual([]);
  expect(numbers.length).toBeGreaterThan(0);
});
