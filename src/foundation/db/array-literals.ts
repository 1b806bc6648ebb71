/**
 * The text of a one-dimensional PostgreSQL array. A text is taken for a literal that is written already.
 *
 * @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function formatArray(values: string | readonly (string | null)[]): string {
  if (typeof values === "string") return values;
  return `{${values.map((value) => (value === null ? "NULL" : `"${value.replace(/["\\]/g, "\\$&")}"`)).join(",")}}`;
}

/** The elements of a one-dimensional PostgreSQL array, as it writes them. */
export function parseArray(literal: string): (string | null)[] {
  return Array.from(literal.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|[^,]+/gs), ([plain, quoted]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/gs, "$1");
    return plain === "NULL" ? null : plain;
  });
}
