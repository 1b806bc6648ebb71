import type { z } from "@hono/zod-openapi";
import fc from "fast-check";

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly example?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly minProperties?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** Values by the name of the field or parameter that takes them: ids of what exists. */
export type Known = Readonly<Record<string, string>>;

export interface SampleOptions {
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  readonly known: Known;
  /** Judges what the JSON schema cannot say. */
  readonly zod?: z.ZodType;
}

/** What a string may be where its example will not do. */
const spareStrings = ["EUR", "GBP", "Assets:Cash", "2026-02-01", "grace@example.com"];

const repairsMax = 50;

/**
 * A value that fits a schema, as small as that allows. Where rules beyond JSON Schema refuse it, it is changed where
 * they say that it is wrong: an absent field is added, a present one gets another value.
 * @throws where no value was found: the schema needs an `example`.
 */
export function sampleOf(schema: JsonSchema, options: SampleOptions): unknown {
  const added = new Set<string>();
  const tries = new Map<string, number>();
  for (let repair = 0; repair <= repairsMax; repair += 1) {
    const value = build(schema, { ...options, added, tries }, { pointer: "", name: "", variant: 0 });
    const issue = options.zod?.safeParse(value).error?.issues[0];
    if (issue === undefined) return value;
    const pointer = issue.path.map((token) => `/${String(token)}`).join("");
    const present = issue.path.reduce<unknown>((at, token) => (at as Record<PropertyKey, unknown>)?.[token], value);
    if (present === undefined) added.add(pointer);
    else if (isObject(present)) added.add(`${pointer}/${firstAbsent(schemaAt(schema, issue.path, options), present)}`);
    else tries.set(pointer, (tries.get(pointer) ?? 0) + 1);
  }
  throw new Error("no sample fits the schema: give its fields examples");
}

interface Building extends SampleOptions {
  readonly added: ReadonlySet<string>;
  readonly tries: ReadonlyMap<string, number>;
}

interface Place {
  readonly pointer: string;
  readonly name: string;
  /** The index in an array: its items take turns with an enumeration's values. */
  readonly variant: number;
}

function build(given: JsonSchema, building: Building, place: Place): unknown {
  const schema = resolve(given, building.schemas);
  const known = building.known[place.name];
  const tried = building.tries.get(place.pointer) ?? 0;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[(place.variant + tried) % schema.enum.length];
  if (known !== undefined && tried === 0) return known;
  switch (typeOf(schema)) {
    case "object":
      return buildObject(schema, building, place);
    case "array":
      return Array.from({ length: Math.max(1, schema.minItems ?? 0) + tried }, (_, index) =>
        build(schema.items ?? {}, building, { pointer: `${place.pointer}/${index}`, name: "", variant: index }),
      );
    case "integer":
    case "number":
      return schema.example ?? schema.minimum ?? 1;
    case "boolean":
      return true;
    default:
      return textOf(schema, tried);
  }
}

function buildObject(schema: JsonSchema, building: Building, { pointer, variant }: Place): unknown {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {})
    .filter(([name]) => required.has(name) || building.added.has(`${pointer}/${name}`))
    .map(([name, field]) => [name, build(field, building, { pointer: `${pointer}/${name}`, name, variant })]);
  return Object.fromEntries(fields);
}

function textOf(schema: JsonSchema, tried: number): string {
  const pattern = schema.pattern === undefined ? null : new RegExp(schema.pattern);
  const made =
    pattern === null
      ? ["x".repeat(Math.max(3, schema.minLength ?? 0))]
      : fc.sample(fc.stringMatching(pattern), { seed: 1, numRuns: 20 });
  const examples = typeof schema.example === "string" ? [schema.example] : [];
  const candidates = [...examples, ...(schema.format === "date" ? ["2026-01-31"] : []), ...spareStrings, ...made];
  const fitting = examples.length > 0 || pattern !== null ? candidates : made;
  const accepted = fitting.filter((text) => pattern === null || pattern.test(text));
  return accepted[tried % accepted.length] ?? "";
}

/** The pointers of every object within a value whose schema refuses unknown fields, and how many leave it open. */
export function listStrictObjects(
  given: JsonSchema,
  value: unknown,
  schemas: SampleOptions["schemas"],
  pointer = "",
): string[] {
  const schema = resolve(given, schemas);
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => listStrictObjects(schema.items ?? {}, item, schemas, `${pointer}/${index}`));
  }
  if (!isObject(value) || schema.additionalProperties === true) return [];
  const inner = Object.entries(value).flatMap(([name, field]) =>
    listStrictObjects(schema.properties?.[name] ?? {}, field, schemas, `${pointer}/${name}`),
  );
  return [pointer, ...inner];
}

export function resolve(schema: JsonSchema, schemas: SampleOptions["schemas"]): JsonSchema {
  if (schema.$ref !== undefined) {
    const target = schemas[schema.$ref.replace("#/components/schemas/", "")];
    if (target === undefined) throw new Error(`${schema.$ref} leads nowhere`);
    return resolve(target, schemas);
  }
  const [first] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  return first === undefined ? schema : resolve(first, schemas);
}

function typeOf({ type, properties }: JsonSchema): string | undefined {
  if (type === undefined) return properties === undefined ? undefined : "object";
  return typeof type === "string" ? type : type.find((name) => name !== "null");
}

function schemaAt(root: JsonSchema, path: readonly PropertyKey[], { schemas }: SampleOptions): JsonSchema {
  const at = path.reduce<JsonSchema>((outer, token) => {
    const schema = resolve(outer, schemas);
    return (typeof token === "number" ? schema.items : schema.properties?.[String(token)]) ?? {};
  }, root);
  return resolve(at, schemas);
}

function firstAbsent(schema: JsonSchema, value: object): string {
  const name = Object.keys(schema.properties ?? {}).find((field) => !(field in value));
  if (name === undefined) throw new Error("no sample fits the schema, though it has every field");
  return name;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
