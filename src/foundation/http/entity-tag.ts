import { FoundationError } from "../errors/foundation-errors.ts";
import { sha256Hex } from "../sha256.ts";
import { canonicalJson } from "./canonical-json.ts";

/** `*`, or one or more entity tags. */
export const ENTITY_TAGS_PATTERN = /^(?:\*|(?:W\/)?"[\x21\x23-\x7e]*"(?:[ \t]*,[ \t]*(?:W\/)?"[\x21\x23-\x7e]*")*)$/;

/** Of 64 hexadecimal digits, as many as tell representations apart. */
const digestLength = 32;

/**
 * The strong entity tag of a JSON representation, for `ETag`: a digest of what it says, so that it changes when anything
 * in it does, whoever changed it, and equal representations have equal tags.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
 */
export function entityTagOf(representation: unknown): string {
  return `"${sha256Hex(canonicalJson(representation)).slice(0, digestLength)}"`;
}

/**
 * Holds `If-Match` against what the resource is now; to be called after it is locked and before it is changed. `*`
 * matches whatever there is; a weak tag matches nothing.
 *
 * @param ifMatch - the field's value, of {@link ENTITY_TAGS_PATTERN}
 * @throws {FoundationError} PRECONDITION_FAILED when it names another representation.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
 */
export function assertMatches(ifMatch: string, representation: unknown): void {
  if (ifMatch === "*") return;
  const tag = entityTagOf(representation);
  if (!ifMatch.split(/[ \t]*,[ \t]*/).includes(tag)) throw new FoundationError("PRECONDITION_FAILED");
}
