/**
 * Whatever a reader cannot see, or that does more than show itself: controls and escape sequences, line breaks, marks that
 * turn the direction of text, joiners, fillers, tags, characters that are private or not assigned.
 *
 * @see https://trojansource.codes
 */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A mark that would land on what stands before the text, and those of a pile that reaches into other lines. */
const loose = /^\p{M}|(?<=\p{M}{3})\p{M}/gu;

const harmless = /^[ -~]*$/;

const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * A text as one line that can neither drive a terminal nor pass for another line: what is not seen is written as its
 * escape. Made safe again, it stays as it is.
 */
export function makeSafe(text: string): string {
  return harmless.test(text) ? text : text.replace(loose, toEscape).replace(unseen, toEscape);
}

function toEscape(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return shortEscapes[char] ?? (code > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`);
}
