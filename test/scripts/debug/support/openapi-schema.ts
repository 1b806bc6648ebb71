/** The part of OpenAPI 3.0's schemas that the contract is written in. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly discriminator?: { readonly propertyName: string; readonly mapping?: Readonly<Record<string, string>> };
}

interface Reading {
  /** Whether members that the schema does not name are faults, though it does not say so. */
  readonly isClosed: boolean;
}

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Tells what about a value does not fit a schema. */
export class SchemaReader {
  readonly #schemas: Readonly<Record<string, Schema>>;

  constructor(schemas: Readonly<Record<string, Schema>>) {
    this.#schemas = schemas;
  }

  faultsOf(value: unknown, schema: Schema, reading: Reading, at = "body"): readonly string[] {
    if (schema.$ref !== undefined) return this.faultsOf(value, this.#resolve(schema.$ref), reading, at);
    if (value === undefined) return [`${at} is missing`];
    if (value === null) return schema.nullable === true || schema.type === undefined ? [] : [`${at} is null`];
    if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${at} is ${JSON.stringify(value)}`];
    if (schema.oneOf !== undefined) return this.#faultsOfOne(value, schema, reading, at);
    if (schema.type === "object") return this.#faultsOfObject(value, schema, reading, at);
    if (schema.type === "array") {
      if (!Array.isArray(value)) return [`${at} is no array`];
      const { items = {} } = schema;
      return value.flatMap((item, index) => this.faultsOf(item, items, reading, `${at}[${index}]`));
    }
    return faultsOfScalar(value, schema, at);
  }

  #resolve(reference: string): Schema {
    const schema = this.#schemas[reference.replace("#/components/schemas/", "")];
    if (schema === undefined) throw new Error(`the contract has no ${reference}`);
    return schema;
  }

  #faultsOfOne(value: unknown, schema: Schema, reading: Reading, at: string): readonly string[] {
    const { oneOf = [], discriminator } = schema;
    if (discriminator !== undefined) {
      const told = isMembers(value) ? value[discriminator.propertyName] : undefined;
      const reference = discriminator.mapping?.[String(told)];
      if (reference === undefined) return [`${at}.${discriminator.propertyName} is ${JSON.stringify(told)}`];
      return this.faultsOf(value, { $ref: reference }, reading, at);
    }
    const faults = oneOf.map((each) => this.faultsOf(value, each, { isClosed: false }, at));
    return faults.some((each) => each.length === 0) ? [] : (faults[0] ?? []);
  }

  #faultsOfObject(value: unknown, schema: Schema, reading: Reading, at: string): readonly string[] {
    if (!isMembers(value)) return [`${at} is no object`];
    const { properties = {}, required = [], additionalProperties } = schema;
    const missing = required.filter((name) => value[name] === undefined);
    const open = additionalProperties === true || isMembers(additionalProperties);
    return [
      ...missing.map((name) => `${at}.${name} is missing`),
      ...Object.entries(value).flatMap(([name, member]) => {
        const known = properties[name];
        if (member === undefined) return [];
        if (known !== undefined) return this.faultsOf(member, known, reading, `${at}.${name}`);
        if (isMembers(additionalProperties))
          return this.faultsOf(member, additionalProperties, reading, `${at}.${name}`);
        return open || !reading.isClosed ? [] : [`${at}.${name} is not in the contract`];
      }),
    ];
  }
}

function faultsOfScalar(value: unknown, { type, minimum, format }: Schema, at: string): readonly string[] {
  const isWhole = typeof value === "bigint" || Number.isInteger(value);
  const fits: Readonly<Record<string, boolean>> = {
    string: typeof value === "string",
    boolean: typeof value === "boolean",
    number: typeof value === "number",
    integer: isWhole,
  };
  if (type !== undefined && fits[type] !== true) return [`${at} is no ${type}`];
  if (minimum !== undefined && Number(value) < minimum) return [`${at} is below ${minimum}`];
  if (format === "date-time" && Number.isNaN(Date.parse(String(value)))) return [`${at} is no time`];
  return [];
}
