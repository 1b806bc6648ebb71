import fc from "fast-check";
import { type JsonSchema, resolve } from "../api/shared-suite/sample.ts";
import type { Dice } from "../model/dice.ts";
import { hostileStrings } from "./hostile-strings.ts";

type Schemas = Readonly<Record<string, JsonSchema>>;

interface Bounds extends JsonSchema {
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

export interface Place {
  readonly schemas: Schemas;
  /** What exists, by the name of the field that takes it. */
  readonly known: (name: string) => readonly string[];
  readonly name: string;
}

/** Arrays within arrays multiply; a body has a limit too. */
const itemsMax = 200;

/** A value that a field's schema allows, often at its edge. Rules beyond the schema may refuse it all the same. */
export function fittingValue(dice: Dice, given: JsonSchema, place: Place): unknown {
  const schema: Bounds = resolve(given, place.schemas);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return dice.of(schema.enum);
  switch ([schema.type].flat()[0]) {
    case "object":
      return fittingObject(dice, schema, place);
    case "array": {
      const { minItems = 0, maxItems = 3 } = schema;
      const count = dice.chance(3)
        ? Math.min(maxItems, itemsMax)
        : Math.min(maxItems, Math.max(1, minItems) + dice.below(2));
      return Array.from({ length: count }, () => fittingValue(dice, schema.items ?? {}, { ...place, name: "" }));
    }
    case "integer":
    case "number":
      return dice.of([schema.minimum ?? 0, schema.maximum ?? 1_000, schema.minimum ?? 1]);
    case "boolean":
      return dice.chance(50);
    case "string":
      return dice.of([...fittingStrings(schema), ...place.known(place.name)]);
    default:
      return { note: "anything" };
  }
}

function fittingObject(dice: Dice, schema: JsonSchema, place: Place): unknown {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => required.has(name) || dice.chance(30));
  return Object.fromEntries(fields.map(([name, field]) => [name, fittingValue(dice, field, { ...place, name })]));
}

const fitting = new Map<string, readonly string[]>();

function fittingStrings(schema: Bounds): readonly string[] {
  const key = JSON.stringify(schema);
  const found = fitting.get(key) ?? makeFitting(schema);
  fitting.set(key, found);
  return found;
}

function makeFitting({ format, pattern, minLength = 0, maxLength = 40, example }: Bounds): readonly string[] {
  const examples = typeof example === "string" ? [example] : [];
  if (pattern !== undefined) {
    return [...examples, ...fc.sample(fc.stringMatching(new RegExp(pattern)), { seed: 1, numRuns: 20 })];
  }
  if (format === "date") return [...examples, "2026-01-31", "2024-02-29", "0001-01-01", "9999-12-31"];
  if (format === "date-time") return [...examples, "2030-01-01T00:00:00Z", "2026-02-01T00:00:00.123456+14:00"];
  if (format === "uuid") return [...examples, "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b11"];
  if (format === "email") return [...examples, "grace@example.com", `${"a".repeat(64)}@example.com`];
  return [...examples, "x".repeat(Math.max(1, minLength)), "x".repeat(maxLength), "é".repeat(Math.max(1, minLength))];
}

const wrongTypes: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  12.34,
  1e21,
  "",
  "text",
  [],
  {},
  [[]],
  [null],
  { a: 1 },
];

/** A value just within or beyond a schema's bounds, of another type, or a text that has broken other programs. */
export function hostileValue(dice: Dice, given: JsonSchema, schemas: Schemas): unknown {
  const schema: Bounds = resolve(given, schemas);
  const edges = edgesOf(schema);
  const kind = dice.below(edges.length > 0 ? 4 : 3);
  if (kind === 0) return structuredClone(dice.of(wrongTypes));
  if (kind === 3) return structuredClone(dice.of(edges));
  if (kind === 1 && dice.chance(10)) return nested(dice.of([10, 62, 70]));
  return dice.of(hostileStrings);
}

function edgesOf({ minimum, maximum, minLength, maxLength, minItems, maxItems, pattern }: Bounds): readonly unknown[] {
  const texts = [minLength, maxLength].flatMap((length) =>
    length === undefined ? [] : around(length).flatMap((size) => ["a".repeat(size), "😀".repeat(size)]),
  );
  const arrays = [minItems, maxItems].flatMap((length) =>
    length === undefined ? [] : around(length).map((size) => Array.from({ length: size }, () => null)),
  );
  const numbers = [minimum, maximum].flatMap((bound) =>
    bound === undefined ? [] : [bound - 1, bound, bound + 1, bound + 0.5, -bound, 2 ** 31, 2 ** 53],
  );
  return [...texts, ...arrays, ...numbers, ...(pattern === undefined ? [] : patternEdges(pattern))];
}

function patternEdges(pattern: string): readonly string[] {
  const fits = fittingStrings({ pattern });
  return fits
    .slice(0, 8)
    .flatMap((text) => [`${text}\n`, ` ${text}`, `${text}${text}`, text.slice(1), text.toLowerCase()]);
}

function around(length: number): readonly number[] {
  return [length - 1, length, length + 1].filter((size) => size >= 0 && size <= 5_000);
}

export function nested(depth: number): unknown {
  return JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
}
