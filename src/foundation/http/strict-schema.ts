import type { z } from "@hono/zod-openapi";

export function isObjectSchema(schema: z.ZodType): schema is z.ZodObject {
  return schema.def.type === "object";
}

/** The schema with unknown keys refused, unless it already says what it does with them. */
export function toStrictObject(schema: z.ZodObject): z.ZodObject {
  return schema.def.catchall === undefined ? schema.strict() : schema;
}

/**
 * Checks, when a route is defined, that no object within a body schema drops unknown keys silently.
 *
 * @throws {TypeError} naming where the lax object stands.
 */
export function assertStrictSchema(schema: z.core.$ZodType, where: string, seen = new Set<z.core.$ZodType>()): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  if (def.type === "object" && def.catchall === undefined) {
    throw new TypeError(`${where} lets unknown keys pass: make it a z.strictObject`);
  }
  for (const [name, inner] of innerSchemas(def)) assertStrictSchema(inner, `${where}${name}`, seen);
}

function innerSchemas(def: z.core.$ZodTypes["_zod"]["def"]): readonly (readonly [string, z.core.$ZodType])[] {
  switch (def.type) {
    case "object":
      return Object.entries(def.shape).map(([key, inner]) => [`.${key}`, inner]);
    case "array":
      return [["[]", def.element]];
    case "tuple":
      return [...def.items, ...(def.rest === null ? [] : [def.rest])].map((inner, index) => [`[${index}]`, inner]);
    case "record":
      return [["{}", def.valueType]];
    case "union":
      return def.options.map((inner, index) => [`|${index}`, inner]);
    case "intersection":
      return [
        ["&left", def.left],
        ["&right", def.right],
      ];
    case "pipe":
      return [
        ["", def.in],
        ["", def.out],
      ];
    case "lazy":
      return [["", def.getter()]];
    case "optional":
    case "nonoptional":
    case "nullable":
    case "default":
    case "prefault":
    case "catch":
    case "readonly":
      return [["", def.innerType]];
    default:
      return [];
  }
}
