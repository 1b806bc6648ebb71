/** Which header field the proxies write the chain of addresses to. */
export const forwardedHeaders = ["x-forwarded-for", "forwarded"] as const;
export type ForwardedHeader = (typeof forwardedHeaders)[number];

/** Proxies that a request is traced back through; a longer chain ends there. */
const hopsMax = 32;

/**
 * The nodes that a header names, from the nearest on: what the nearest proxy wrote stands at its end, and only what is behind a
 * trusted one is worth reading. A node that cannot be read is "".
 */
export function* nodesFromNearest(header: string, kind: ForwardedHeader): Generator<string> {
  let end = header.length;
  for (let hop = 0; hop < hopsMax && end >= 0; hop++) {
    const comma = kind === "forwarded" ? commaOutsideQuotes(header, end) : header.lastIndexOf(",", end - 1);
    const element = header.slice(comma + 1, end);
    yield kind === "forwarded" ? nodeOf(element) : element;
    end = end === 0 ? -1 : comma;
  }
}

/**
 * The last comma before `end` that is in no quoted string. It is looked for from the right, where our own proxies wrote: a
 * quote that a client left open cannot swallow what they added.
 */
function commaOutsideQuotes(text: string, end: number): number {
  let quoted = false;
  for (let at = end - 1; at >= 0; at--) {
    const char = text[at];
    if (char === '"' && !isEscaped(text, at)) quoted = !quoted;
    else if (char === "," && !quoted) return at;
  }
  return -1;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === "\\") slashes++;
  return slashes % 2 === 1;
}

const pair = /[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;=]*))[ \t]*(;|$)/y;

/** The value of `for` in one element of `Forwarded` (RFC 7239), "" where it has none, or two, or is malformed. */
function nodeOf(element: string): string {
  let node: string | null = null;
  pair.lastIndex = 0;
  while (pair.lastIndex < element.length) {
    const [all, name = "", quoted, token] = pair.exec(element) ?? [];
    if (all === undefined) return "";
    if (name.toLowerCase() !== "for") continue;
    if (node !== null) return "";
    node = quoted ?? token ?? "";
  }
  return node ?? "";
}
