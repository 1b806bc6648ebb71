import type { Operation } from "../api/shared-suite/operations.ts";
import type { JsonSchema } from "../api/shared-suite/sample.ts";
import type { SampleRequest } from "../api/shared-suite/sampler.ts";
import type { Dice } from "../model/dice.ts";
import { type Draft, setHeader } from "./draft.ts";
import { fittingValue } from "./values.ts";
import type { World } from "./world.ts";

/** What requests are made from, the same for every session. */
export interface Material {
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** A plain request of each operation that fits its schemas. */
  readonly samples: ReadonlyMap<Operation, SampleRequest>;
}

const nobody = "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10";

/** A request that fits its route's schemas, about what the session knows to exist. */
export function plainDraft(operation: Operation, dice: Dice, world: World, { samples, schemas }: Material): Draft {
  const sample = samples.get(operation);
  if (sample === undefined) throw new Error(`there is no sample of ${operation.id}`);
  const { headers = {}, json } = sample.options;
  const draft: Draft = {
    operation,
    method: operation.method,
    path: operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => known(name, dice, world) ?? nobody),
    query: queryOf(operation, dice, world, schemas),
    headers: Object.entries({ ...headers, ...(json === undefined ? {} : { "Content-Type": "application/json" }) }),
    json: fillIn(json, dice, world),
    raw: null,
    frame: null,
    twists: [],
  };
  if (operation.parameters.some(({ name }) => name === "if-match")) {
    setHeader(draft, "If-Match", known("if-match", dice, world) ?? "*");
  }
  if (dice.chance(5)) setHeader(draft, "Idempotency-Key", `key-${dice.below(5)}`);
  return draft;
}

function queryOf({ parameters }: Operation, dice: Dice, world: World, schemas: Material["schemas"]): string[] {
  const place = { schemas, known: (name: string) => world.of(name) };
  return parameters
    .filter((parameter) => parameter.in === "query" && (parameter.required === true || dice.chance(15)))
    .map(({ name, schema }) => {
      const value = known(name, dice, world) ?? fittingValue(dice, schema, { ...place, name });
      return `${name}=${encodeURIComponent(String(value))}`;
    });
}

/** What exists under that name: of books the session's first mostly, for the others have less in them. */
function known(name: string, dice: Dice, world: World): string | undefined {
  const values = world.of(name);
  if (name === "book_id" && !dice.chance(10)) return values[0];
  if (name === "if-match" && dice.chance(60)) return "*";
  return values.length === 0 ? undefined : dice.of(values);
}

/** A sample's body with what the session knows in place of what the sample made up. */
function fillIn(value: unknown, dice: Dice, world: World, name = ""): unknown {
  if (typeof value === "string") return known(name, dice, world) ?? value;
  if (Array.isArray(value)) return value.map((item) => fillIn(item, dice, world, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillIn(inner, dice, world, key)]));
}
