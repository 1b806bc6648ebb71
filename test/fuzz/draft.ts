import type { Operation } from "../api/shared-suite/operations.ts";

/** A request on its way: what twists change, before it becomes bytes. */
export interface Draft {
  readonly operation: Operation;
  method: string;
  /** As on the request line, in parts: segments and query pairs as they stand, already encoded. */
  path: string;
  query: string[];
  headers: [name: string, value: string][];
  /** The JSON value of the body; undefined where there is none. */
  json: unknown;
  /** The body's bytes, where they are not those of `json`. */
  raw: Uint8Array | null;
  /**
   * Breaks the framing of HTTP itself, given the request's bytes. Who answers such a request may be Bun and not the
   * app, without body and ids.
   */
  frame: ((head: readonly string[], body: Uint8Array) => Uint8Array) | null;
  /** The twists that were applied, by name. */
  readonly twists: string[];
}

const encoder = new TextEncoder();

export function bodyOf({ raw, json }: Draft): Uint8Array | null {
  if (raw !== null) return raw;
  return json === undefined ? null : encoder.encode(JSON.stringify(json));
}

export function targetOf({ path, query }: Draft): string {
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

export function setHeader(draft: Draft, name: string, value: string): void {
  draft.headers = [...withoutHeader(draft, name), [name, value]];
}

export function dropHeader(draft: Draft, name: string): void {
  draft.headers = withoutHeader(draft, name);
}

function withoutHeader({ headers }: Draft, name: string): [string, string][] {
  return headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
}

/** The request as it goes over the wire. */
export function toBytes(draft: Draft): Uint8Array {
  const body = bodyOf(draft);
  const length: [string, string][] = body === null ? [] : [["Content-Length", String(body.length)]];
  const fields = [["Host", "fuzz.example"], ...draft.headers, ...length].map(([name, value]) => `${name}: ${value}`);
  const head = [`${draft.method} ${targetOf(draft)} HTTP/1.1`, ...fields];
  if (draft.frame !== null) return draft.frame(head, body ?? new Uint8Array());
  return join(head, body ?? new Uint8Array());
}

/** A head's lines as Latin-1, whatever they hold, then the body. */
export function join(head: readonly string[], body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), body]);
}

const shownMax = 2_000;

/** What a person types to send it again: the bytes, cut where they are too many to read. */
export function toShell(draft: Draft): string {
  const text = Buffer.from(toBytes(draft)).toString("latin1");
  const shown = JSON.stringify(text.slice(0, shownMax)).slice(1, -1).replaceAll("'", "\\u0027");
  const escaped = shown.replaceAll(/\\u00([0-9a-f]{2})|[\x7f-\xff]/g, (found, hex?: string) =>
    hex === undefined ? `\\x${found.charCodeAt(0).toString(16)}` : `\\x${hex}`,
  );
  const cut = text.length > shownMax ? ` # and ${text.length - shownMax} bytes more` : "";
  return `printf '${escaped.replaceAll("%", "%%").replaceAll('\\"', '"')}' | nc HOST PORT${cut}`;
}
