import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { type Schema, SchemaReader } from "./openapi-schema.ts";

/** What SigNoz publishes of its API; it lies beside the project and is not part of it. */
const path = resolve(import.meta.dir, "../../../../../shared/contracts/signoz-openapi.yml");

/** Why nothing is held against the contract; null when it is. */
export const CONTRACT_ABSENT = existsSync(path) ? null : `absent: ${path}`;

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: { readonly api_key: { readonly name: string } };
  };
}

export interface Exchange {
  readonly method: string;
  readonly path: string;
}

/** The published contract, as far as a server and its client can break it. */
export class Contract {
  readonly #document: Document;
  readonly #schemas: SchemaReader;

  constructor(document: Document) {
    this.#document = document;
    this.#schemas = new SchemaReader(document.components.schemas);
  }

  get keyHeader(): string {
    return this.#document.components.securitySchemes.api_key.name;
  }

  /** The operation of a request, or null where the contract has none. */
  operationIdOf(exchange: Exchange): string | null {
    return this.#find(exchange)?.operationId ?? null;
  }

  /** What is wrong with a request: members and parameters that the contract does not name among it. */
  faultsOfRequest(exchange: Exchange, request: { query: URLSearchParams; body: unknown }): readonly string[] {
    const operation = this.#find(exchange);
    if (operation === null) return [`${exchange.method} ${exchange.path} is no operation`];
    const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
    const unknown = [...request.query.keys()].filter((name) => !parameters.some((each) => each.name === name));
    const missing = parameters.filter(({ name, required }) => required === true && !request.query.has(name));
    const schema = operation.requestBody?.content["application/json"]?.schema;
    return [
      ...unknown.map((name) => `there is no parameter ${name}`),
      ...missing.map(({ name }) => `the parameter ${name} is missing`),
      ...(schema === undefined ? [] : this.#schemas.faultsOf(request.body, schema, { isClosed: true })),
    ];
  }

  faultsOfAnswer(exchange: Exchange, answer: { status: number; body: unknown }): readonly string[] {
    const schema = this.#find(exchange)?.responses[answer.status]?.content?.["application/json"]?.schema;
    if (schema === undefined) return [`${exchange.method} ${exchange.path} has no answer ${answer.status}`];
    return this.#schemas.faultsOf(answer.body, schema, { isClosed: true });
  }

  /** The schema of one result of a query, which the contract leaves open where it stands. */
  faultsOfResult(result: unknown, kind: "RawData" | "ScalarData" | "TimeSeriesData"): readonly string[] {
    const schema = { $ref: `#/components/schemas/Querybuildertypesv5${kind}` };
    return this.#schemas.faultsOf(result, schema, { isClosed: true });
  }

  #find({ method, path: wanted }: Exchange): Operation | null {
    for (const [template, methods] of Object.entries(this.#document.paths)) {
      const pattern = new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]+")}$`);
      const operation = methods[method.toLowerCase()];
      if (operation !== undefined && pattern.test(wanted)) return operation;
    }
    return null;
  }
}

let read: Contract | null = null;

/** Null where the contract does not lie there. */
export function findContract(): Contract | null {
  if (CONTRACT_ABSENT !== null) return null;
  read ??= new Contract(parse(readFileSync(path, "utf8")) as Document);
  return read;
}
