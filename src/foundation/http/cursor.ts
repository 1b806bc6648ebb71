import type { z } from "@hono/zod-openapi";
import { FoundationError } from "../errors/foundation-errors.ts";

/** What a cursor belongs to. */
export interface CursorScope {
  /** The list, by a name that is its own. */
  readonly purpose: string;
  /** The query as parsed; `limit` and `cursor` in it do not count, and neither do undefined values or their order. */
  readonly filters: Readonly<Record<string, unknown>>;
}

const version = 1;
const unbound: ReadonlySet<string> = new Set(["limit", "cursor"]);

/**
 * A keyset cursor: base64url of a versioned JSON text with the keys of the last row, bound to the list and filters
 * that it was made for. It is readable and not signed: it says where to go on, and grants nothing.
 */
export function cursorOf(scope: CursorScope, keys: readonly (string | number | null)[]): string {
  return toBase64Url(JSON.stringify([version, fingerprint(scope), keys]));
}

/**
 * The keys of a cursor that {@link cursorOf} made for the same scope, parsed by `schema`.
 *
 * @throws {FoundationError} VALIDATION_FAILED at `/query/cursor` for anything else: another list's, other filters',
 *   another version's or a made-up one.
 */
export function parseCursor<Keys>(text: string, scope: CursorScope, schema: z.ZodType<Keys>): Keys {
  const decoded = decode(text);
  if (!Array.isArray(decoded) || decoded.length !== 3 || decoded[0] !== version)
    return refuse("is not a cursor of this API");
  if (decoded[1] !== fingerprint(scope)) return refuse("was made for another list or other filters");
  const keys = schema.safeParse(decoded[2]);
  return keys.success ? keys.data : refuse("is not a cursor of this API");
}

function refuse(detail: string): never {
  throw new FoundationError("VALIDATION_FAILED", {
    detail: `/query/cursor: ${detail}`,
    fields: [{ pointer: "/query/cursor", detail }],
  });
}

function decode(text: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

function toBase64Url(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** 52 bits over the scope's canonical text: tells mistakes apart, and is no defence, as none is needed here. */
function fingerprint(scope: CursorScope): string {
  const filters = Object.entries(scope.filters)
    .filter(([name, value]) => value !== undefined && !unbound.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([scope.purpose, filters]);
  return `${hash(text, 0x811c9dc5)}${hash(text, 0x9e3779b9)}`;
}

/** FNV-1a, cut to 26 bits. */
function hash(text: string, seed: number): string {
  let state = seed;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return ((state >>> 0) & 0x3ffffff).toString(36);
}
