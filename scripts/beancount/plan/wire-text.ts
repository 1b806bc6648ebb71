import type { Metadata } from "../syntax/directives.ts";

/** Bounds of the API's text fields, in UTF-16 units. */
export const TEXT_LENGTH_MAX = { memo: 1000, payee: 200, tag: 100, source: 100, name: 100, description: 1000 } as const;

/** The text as one line within the API's bounds: control characters become spaces, the ends are trimmed, the rest is cut. */
export function toWireText(text: string, lengthMax: number): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, lengthMax)
    .toWellFormed()
    .trim();
}

/** The book's metadata with ours added; where a key is taken, ours is prefixed with "beancount_". */
export function mergeMetadata<T>(
  own: Metadata,
  ours: Readonly<Record<string, T>>,
): Record<string, T | Metadata[string]> {
  const merged = new Map<string, T | Metadata[string]>(Object.entries(own));
  for (const [key, value] of Object.entries(ours))
    merged.set(Object.hasOwn(own, key) ? `beancount_${key}` : key, value);
  return Object.fromEntries(merged);
}

/** Metadata as text, "key: value; …", as much of it as fits; and how many keys did not. */
export function describeMetadata(metadata: Metadata, lengthMax: number): { text: string; leftOut: number } {
  const parts: string[] = [];
  let leftOut = 0;
  for (const [key, value] of Object.entries(metadata)) {
    const part = toWireText(key === "description" ? String(value) : `${key}: ${value}`, lengthMax);
    if ([...parts, part].join("; ").length <= lengthMax) parts.push(part);
    else leftOut += 1;
  }
  return { text: parts.join("; "), leftOut };
}
