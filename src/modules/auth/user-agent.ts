const lengthMax = 200;

/** What a client says of itself, to be shown to its user: at most 200 characters of visible ASCII and blanks; null for none. */
export function clipUserAgent(header: string | undefined): string | null {
  const text = (header ?? "")
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .trim()
    .slice(0, lengthMax)
    .trim();
  return text === "" ? null : text;
}
