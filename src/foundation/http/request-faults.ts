import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { FieldFault } from "../errors/app-error.ts";
import { type RequestLocation, throwFieldFaults, toFieldFaults, toPointer } from "./field-faults.ts";

/** What a route declares of a request, by location. */
export interface RequestSchemas {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
}

const schemasOf = new WeakMap<Context, RequestSchemas>();

/** Notes which schemas the current request is held against, for {@link throwRequestFaults}. */
export function rememberSchemas(c: Context, schemas: RequestSchemas): void {
  schemasOf.set(c, schemas);
}

/**
 * Validators run one location after the other and stop at the first that fails. Once one has, this holds every
 * location of the request against its schema, so that the caller learns of all faults at once; nothing is validated
 * twice while requests are well-formed.
 *
 * @throws {FoundationError} VALIDATION_FAILED, always.
 */
export async function throwRequestFaults(
  c: Context,
  error: z.core.$ZodError,
  location: RequestLocation,
): Promise<never> {
  const schemas = schemasOf.get(c);
  const faults = schemas === undefined ? [] : await listRequestFaults(c, schemas);
  return throwFieldFaults(faults.length > 0 ? faults : toFieldFaults(error, location));
}

/**
 * Refuses what no schema sees: a query parameter given twice, and U+0000, which PostgreSQL cannot store.
 *
 * @throws {FoundationError} VALIDATION_FAILED, with the faults of all the other fields too.
 */
export async function assertPlainFields(c: Context, schemas: RequestSchemas): Promise<void> {
  const url = c.req.url;
  if (!url.includes("?") && !url.includes("%00")) return;
  if (listPlainFaults(c).length > 0) throwFieldFaults(await listRequestFaults(c, schemas));
}

function listPlainFaults(c: Context): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const [name, values] of Object.entries(c.req.queries())) {
    const pointer = toPointer(["query", name]);
    if (values.length > 1) faults.push({ pointer, detail: "is given more than once" });
    else if (name.includes("\0") || values[0]?.includes("\0"))
      faults.push({ pointer, detail: "must not contain U+0000" });
  }
  for (const [name, value] of Object.entries(paramsOf(c))) {
    if (value.includes("\0")) faults.push({ pointer: toPointer(["params", name]), detail: "must not contain U+0000" });
  }
  return faults;
}

async function listRequestFaults(c: Context, schemas: RequestSchemas): Promise<FieldFault[]> {
  const plain = listPlainFaults(c);
  const inputs: readonly [RequestLocation, () => unknown][] = [
    ["params", () => paramsOf(c)],
    ["query", () => c.req.query()],
    ["headers", () => headersFor(c, schemas.headers)],
    ["body", () => c.req.json()],
  ];
  const faults: FieldFault[] = [];
  for (const [location, read] of inputs) {
    const result = await schemas[location]?.safeParseAsync(await read());
    if (result?.success === false) faults.push(...toFieldFaults(result.error, location));
  }
  const named = new Set(plain.map((fault) => fault.pointer));
  return [...plain, ...faults.filter((fault) => !named.has(fault.pointer))];
}

function paramsOf(c: Context): Record<string, string> {
  return c.req.param();
}

/** Header names come in lower case; a schema may spell them otherwise. */
function headersFor(c: Context, schema: z.ZodObject | undefined): Record<string, string> {
  const spelling = new Map(Object.keys(schema?.shape ?? {}).map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(Object.entries(c.req.header()).map(([name, value]) => [spelling.get(name) ?? name, value]));
}
