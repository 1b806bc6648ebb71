import { afterAll, expect, test } from "bun:test";
import { version } from "../../src/version.ts";
import { createTestApp } from "../support/app.ts";
import { type ApiDocument, type DocumentedOperation, listOperations } from "./shared-suite/operations.ts";

const t = await createTestApp();
afterAll(() => t.close());

const { headers, status, body } = await t.request("/openapi.json");
const document = body as ApiDocument & Record<string, unknown>;
const documented = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, path, method, operation })),
);

/** Every value within a value, with where it stands. */
function* walk(value: unknown, where = "#"): Generator<readonly [string, unknown]> {
  yield [where, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* walk(inner, `${where}/${key}`);
}

/** What JSON Schema 2020-12 and OpenAPI 3.1 know, of what is used here: a slip of the pen is none of these. */
const schemaKeywords = new Set([
  "$ref",
  "type",
  "enum",
  "const",
  "properties",
  "required",
  "additionalProperties",
  "propertyNames",
  "items",
  "prefixItems",
  "anyOf",
  "oneOf",
  "allOf",
  "not",
  "minLength",
  "maxLength",
  "pattern",
  "format",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "default",
  "description",
  "title",
  "example",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
]);
const jsonTypes = ["string", "number", "integer", "boolean", "object", "array", "null"];

test("/openapi.json is an OpenAPI 3.1 document of this version", () => {
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("application/json");
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  expect(document["info"]).toMatchObject({ title: "Footing", version, license: { name: "Apache-2.0" } });
  const known = [
    "openapi",
    "info",
    "jsonSchemaDialect",
    "servers",
    "paths",
    "webhooks",
    "components",
    "security",
    "tags",
    "externalDocs",
  ];
  expect(Object.keys(document).filter((key) => !known.includes(key))).toEqual([]);
  expect(documented.length).toBe(listOperations(t.app).length);
});

test("every reference leads somewhere, and every named schema is used", () => {
  const references = [...walk(document)]
    .filter(([where]) => where.endsWith("/$ref"))
    .map(([, target]) => String(target));
  expect(references.length).toBeGreaterThan(50);
  for (const reference of references) {
    const target = reference
      .slice(2)
      .split("/")
      .reduce<unknown>((at, token) => (at as Record<string, unknown> | undefined)?.[token], document);
    expect({ reference, found: target !== undefined }).toEqual({ reference, found: true });
  }
  const unused = Object.keys(document.components.schemas).filter(
    (name) => !references.includes(`#/components/schemas/${name}`),
  );
  expect(unused).toEqual([]);
});

test("every operation has an id of its own, a summary, a tag and answers, one of them of success", () => {
  const ids = documented.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { name, operation } of documented) {
    expect(operation).toMatchObject({
      operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
      summary: expect.any(String),
      tags: [expect.any(String)],
    });
    const statuses = Object.keys(operation.responses);
    expect({ name, odd: statuses.filter((code) => !/^[1-5][0-9]{2}$/.test(code)) }).toEqual({ name, odd: [] });
    expect(statuses.filter((code) => code.startsWith("2")).length).toBeGreaterThan(0);
    for (const response of Object.values(operation.responses)) expect(response.description).toBeTruthy();
  }
});

test("every parameter of a path is declared once and required, and no other is", () => {
  for (const { name, path, operation } of documented) {
    const inPath = Array.from(path.matchAll(/\{([^}]+)\}/g), ([, parameter = ""]) => parameter);
    const parameters = operation.parameters ?? [];
    const declared = parameters.filter((parameter) => parameter.in === "path");
    expect({ name, declared: declared.map((parameter) => parameter.name) }).toEqual({ name, declared: inPath });
    for (const parameter of declared) expect(parameter.required).toBe(true);
    const names = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const parameter of parameters) expect(parameter.schema).toBeObject();
  }
});

test("bodies are required JSON, on the methods that have one", () => {
  for (const { name, method, operation } of documented) {
    if (operation.requestBody === undefined) continue;
    expect({ name, method }).toEqual({ name, method: expect.stringMatching(/^(?:post|put|patch)$/) });
    expect(operation.requestBody).toMatchObject({
      required: true,
      content: { "application/json": { schema: expect.any(Object) } },
    });
  }
});

test("every error answer is a problem, and its text names each id that the operation lists of that status", () => {
  for (const { name, operation } of documented) {
    const ids = operation["x-error-ids"] ?? [];
    expect(ids.length).toBeGreaterThan(3);
    const named = Object.entries(operation.responses).flatMap(([code, { content, description = "" }]) => {
      const problem = content?.["application/problem+json"];
      if (problem === undefined) return [];
      expect({ name, code, problem }).toEqual({
        name,
        code,
        problem: { schema: { $ref: "#/components/schemas/Problem" } },
      });
      return [...description.matchAll(/`([A-Z_]+)`/g)].map(([, id = ""]) => id);
    });
    expect({ name, named: named.toSorted() }).toEqual({ name, named: [...ids].toSorted() });
  }
});

test("every operation says itself which credentials it takes, and that it takes none where it needs none", () => {
  expect(document["security"]).toBeUndefined();
  const scheme = { type: "http", scheme: "bearer" };
  expect(document["components"]).toMatchObject({ securitySchemes: { accessToken: scheme, apiKey: scheme } });
  const open = (operation: DocumentedOperation) => operation.security?.length === 0;
  for (const { name, operation } of documented) {
    const asks = operation["x-error-ids"]?.includes("UNAUTHENTICATED");
    expect({ name, open: open(operation) }).toEqual({ name, open: asks === false });
  }
});

test("schemas use the keywords of JSON Schema and nothing else", () => {
  const roots = [
    ...Object.entries(document.components.schemas),
    ...documented.flatMap(({ name, operation }) => [
      ...(operation.parameters ?? []).map((parameter) => [`${name} ${parameter.name}`, parameter.schema] as const),
      ...Object.values(operation.responses).flatMap(({ content = {} }) =>
        Object.values(content).map(({ schema }) => [name, schema] as const),
      ),
      ...(operation.requestBody === undefined
        ? []
        : [[name, operation.requestBody.content["application/json"].schema] as const]),
    ]),
  ];
  const faults: string[] = [];
  const check = (schema: unknown, where: string): void => {
    if (typeof schema !== "object" || schema === null) return void faults.push(`${where} is no schema`);
    for (const [key, value] of Object.entries(schema)) {
      if (!schemaKeywords.has(key)) faults.push(`${where} has ${key}`);
      if (key === "type" && ![value].flat().every((type) => jsonTypes.includes(type)))
        faults.push(`${where} is a ${value}`);
      if (key === "pattern") new RegExp(value, "u");
      if (
        key === "required" &&
        !(value as string[]).every((name) => name in ((schema as { properties?: object }).properties ?? {}))
      )
        faults.push(`${where} requires what it has not`);
      if (key === "properties") for (const [name, field] of Object.entries(value)) check(field, `${where}/${name}`);
      if (["anyOf", "oneOf", "allOf", "prefixItems"].includes(key))
        for (const branch of value) check(branch, `${where}|`);
      if (["items", "not"].includes(key) || (key === "additionalProperties" && typeof value === "object"))
        check(value, `${where}[]`);
    }
  };
  for (const [name, schema] of roots) check(schema, name);
  expect(faults).toEqual([]);
  expect(roots.length).toBeGreaterThan(100);
});

test("dates, ids and amounts are said to be what they are", () => {
  const fields = [...walk(document)].filter(([where]) => /\/properties\/[a-z_]+$/.test(where)) as [
    string,
    { format?: string; pattern?: string; $ref?: string },
  ][];
  const named = (pattern: RegExp) => fields.filter(([where]) => pattern.test(where));
  for (const [where, { format }] of named(/\/(?:id|[a-z]+_id)$/)) {
    if (/\/(?:error_id|request_id|trace_id)$/.test(where)) continue;
    expect({ where, format }).toEqual({ where, format: "uuid" });
  }
  for (const [where, { format }] of named(/_at$/)) {
    // A time or a token.
    if (where.endsWith("/known_at")) continue;
    expect({ where, format }).toEqual({ where, format: "date-time" });
  }
  for (const [where, { format }] of named(/(?:_on|\/date)$/))
    expect({ where, format }).toEqual({ where, format: "date" });
  expect(fields.length).toBeGreaterThan(100);
});
