import { type JsonSchema, resolve } from "../../api/shared-suite/sample.ts";
import type { Draft } from "../draft.ts";
import { fittingValue, hostileValue } from "../values.ts";
import type { Twist, TwistContext } from "./twist.ts";

/** A field or item of a body, and what its schema says of it. */
interface Spot {
  readonly holder: Record<string, unknown>;
  readonly key: string;
  readonly schema: JsonSchema;
}

const hasFields = ({ json, raw, operation }: Draft): boolean =>
  raw === null && operation.body !== null && typeof json === "object" && json !== null;

function listSpots(value: unknown, given: JsonSchema, schemas: TwistContext["schemas"]): Spot[] {
  if (typeof value !== "object" || value === null) return [];
  const schema = resolve(given, schemas);
  const holder = value as Record<string, unknown>;
  return Object.entries(holder).flatMap(([key, inner]) => {
    const own = (Array.isArray(value) ? schema.items : schema.properties?.[key]) ?? {};
    return [{ holder, key, schema: own }, ...listSpots(inner, own, schemas)];
  });
}

/** Every object in the body that takes no unknown fields. */
function listClosedObjects(
  value: unknown,
  given: JsonSchema,
  schemas: TwistContext["schemas"],
): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  const schema = resolve(given, schemas);
  if (Array.isArray(value)) return value.flatMap((item) => listClosedObjects(item, schema.items ?? {}, schemas));
  if (schema.additionalProperties !== false) return [];
  const fields = Object.entries(value);
  return [
    value as Record<string, unknown>,
    ...fields.flatMap(([name, inner]) => listClosedObjects(inner, schema.properties?.[name] ?? {}, schemas)),
  ];
}

const isShort = ({ json }: Draft): boolean => JSON.stringify(json).length < 5_000;

const bodySchema = (draft: Draft): JsonSchema => draft.operation.body?.json ?? {};

function atSpot(change: (spot: Spot, context: TwistContext) => void) {
  return (draft: Draft, context: TwistContext): void => {
    const spots = listSpots(draft.json, bodySchema(draft), context.schemas);
    if (spots.length > 0) change(context.dice.of(spots), context);
  };
}

const unknownNames = [
  "no_such_field",
  "",
  "Date",
  "__proto__",
  "constructor",
  "toString",
  "a/b~c",
  "😀",
  "x".repeat(300),
];

export const bodyTwists: readonly Twist[] = [
  {
    name: "a hostile value in the body",
    refused: false,
    fits: hasFields,
    apply: atSpot(({ holder, key, schema }, { dice, schemas }) => {
      holder[key] = hostileValue(dice, schema, schemas);
    }),
  },
  {
    name: "a value at the edge in the body",
    refused: false,
    fits: hasFields,
    apply: atSpot(({ holder, key, schema }, { dice, schemas, world }) => {
      holder[key] = fittingValue(dice, schema, { schemas, known: (name) => world.of(name), name: key });
    }),
  },
  {
    name: "a field left out",
    refused: false,
    fits: hasFields,
    apply: atSpot(({ holder, key }) => void delete holder[key]),
  },
  {
    name: "an unknown field",
    refused: true,
    fits: hasFields,
    apply: (draft, { dice, schemas }) => {
      const object = dice.of(listClosedObjects(draft.json, bodySchema(draft), schemas));
      // Assigning `__proto__` would make no field of it.
      Object.defineProperty(object, dice.of(unknownNames), {
        value: dice.of([1, null, {}]),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    },
  },
  {
    name: "a number for an amount",
    refused: true,
    fits: (draft) => hasFields(draft) && JSON.stringify(draft.json).includes('"amount":"'),
    apply: (draft, { dice }) => {
      const number = dice.of(["10", "10.5", "1e2", "0", "-0", "12345678901234567890", "0.1"]);
      draft.raw = Buffer.from(JSON.stringify(draft.json).replace(/"amount":"[^"]*"/, `"amount":${number}`));
    },
  },
  {
    name: "an array of thousands",
    refused: true,
    // Thousands of thousands would be more than this process can write down.
    fits: (draft) => hasFields(draft) && isShort(draft) && JSON.stringify(draft.json).includes(":["),
    apply: (draft, { dice, schemas }) => {
      const arrays = listSpots(draft.json, bodySchema(draft), schemas).filter(({ holder, key }) =>
        Array.isArray(holder[key]),
      );
      if (arrays.length === 0) {
        draft.json = Array.from({ length: 5_000 }, () => draft.json);
        return;
      }
      const { holder, key } = dice.of(arrays);
      holder[key] = Array.from({ length: dice.of([1_001, 5_000]) }, () => (holder[key] as unknown[])[0] ?? "x");
    },
  },
];
