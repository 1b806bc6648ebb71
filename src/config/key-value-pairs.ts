/**
 * Reads `key=value,key2=value2`, values percent-encoded, as the OTEL_* variables write them.
 *
 * @returns the pairs, and whether any was malformed; those are left out. An empty entry (`a=1,,b=2`) is neither.
 * @see https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 */
export function parsePairs(text: string): {
  readonly pairs: Readonly<Record<string, string>>;
  readonly malformed: boolean;
} {
  const entries = text.split(",").map((entry) => entry.trim());
  const read = entries.filter((entry) => entry !== "").map(parsePair);
  const pairs = Object.fromEntries(read.filter((pair) => pair !== null));
  return { pairs, malformed: read.includes(null) };
}

/** Whether HTTP can carry these as header fields. */
export function areHeaders(pairs: Readonly<Record<string, string>>): boolean {
  try {
    return new Headers(pairs) !== null;
  } catch {
    return false;
  }
}

function parsePair(entry: string): readonly [string, string] | null {
  const at = entry.indexOf("=");
  const key = entry.slice(0, at).trim();
  if (at < 1 || key === "") return null;
  try {
    return [decodeURIComponent(key), decodeURIComponent(entry.slice(at + 1).trim())];
  } catch {
    return null;
  }
}
