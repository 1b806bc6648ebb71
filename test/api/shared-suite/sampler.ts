import type { RequestOptions, TestApp } from "../../support/app.ts";
import { type Operation, readDocument } from "./operations.ts";
import { type JsonSchema, type Known, listStrictObjects, sampleOf } from "./sample.ts";

/** A request that fits its route's schemas, apart from its credential. */
export interface SampleRequest {
  readonly path: string;
  readonly options: RequestOptions & { readonly method: string };
}

/** Makes requests that fit from what the document and the schemas say of a route, whichever it is. */
export function createSampler(t: TestApp) {
  const { schemas } = readDocument(t.app).components;

  function bodyOf(operation: Operation, known: Known): unknown {
    const { body } = operation;
    if (body === null) return undefined;
    return sampleOf(body.json, { schemas, known, zod: body.zod });
  }

  /** The parameters that a route demands, by name. */
  function parametersOf(
    operation: Operation,
    place: "path" | "query" | "header",
    known: Known,
  ): Record<string, string> {
    const demanded = operation.parameters.filter((parameter) => parameter.in === place && parameter.required === true);
    const properties = Object.fromEntries(demanded.map(({ name, schema }) => [name, schema]));
    const form: JsonSchema = { type: "object", properties, required: Object.keys(properties) };
    return sampleOf(form, { schemas, known }) as Record<string, string>;
  }

  function requestOf(operation: Operation, known: Known): SampleRequest {
    const inPath = parametersOf(operation, "path", known);
    const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(inPath[name] ?? ""));
    const query = new URLSearchParams(parametersOf(operation, "query", {})).toString();
    const headers = parametersOf(operation, "header", {});
    const json = bodyOf(operation, known);
    return {
      path: query === "" ? path : `${path}?${query}`,
      options: { method: operation.method, headers, ...(json === undefined ? {} : { json }) },
    };
  }

  /** Where in its sample body a route must refuse unknown fields. */
  function strictObjectsOf(operation: Operation, body: unknown): string[] {
    return operation.body === null ? [] : listStrictObjects(operation.body.json, body, schemas);
  }

  return { requestOf, strictObjectsOf };
}

export type Sampler = ReturnType<typeof createSampler>;

/** The value with one more field in the object that a pointer names. */
export function withField(value: unknown, pointer: string, name: string): unknown {
  const copy: unknown = structuredClone(value);
  const target = pointer
    .split("/")
    .slice(1)
    .reduce<unknown>((at, token) => (at as Record<string, unknown>)[token], copy);
  Object.assign(target as object, { [name]: 1 });
  return copy;
}

/** A path with one more query parameter. */
export function withQuery(path: string, query: string): string {
  return `${path}${path.includes("?") ? "&" : "?"}${query}`;
}
