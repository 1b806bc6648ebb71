/** Anything JSON can say; whole numbers that a `number` cannot hold are bigints. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [name: string]: Json };

type Reviver = Parameters<typeof JSON.parse>[1];

/**
 * Reads JSON without rounding: SigNoz sends nanoseconds since 1970 as numbers.
 * @throws SyntaxError for what is no JSON
 */
export function parseJson(text: string): Json {
  const keepWhole = (_name: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?[0-9]+$/.test(context?.source ?? "")
      ? BigInt(context?.source ?? "")
      : value;
  return JSON.parse(text, keepWhole as Reviver) as Json;
}
