/** Exact http and https origins from a list separated by commas, or `*` for any; null where one is none. */
export function parseOrigins(text: string): readonly string[] | "*" | null {
  if (text.trim() === "*") return "*";
  const origins = text.split(",").map((origin) => origin.trim());
  return origins.every(isOrigin) ? origins : null;
}

/**
 * As a browser sends it: no path, no default port, nothing in capitals. Another spelling would never match, nor would
 * a pattern, which URLs let pass for a host.
 */
function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text && !text.includes("*");
}
