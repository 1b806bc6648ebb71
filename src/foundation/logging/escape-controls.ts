/**
 * What may forge a line or drive a terminal: C0 and C1 controls, DEL, the two Unicode line breaks, and what changes the
 * direction of text (so that it reads as something else than it is).
 *
 * @see https://trojansource.codes
 */
const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** The controls that may stand in JSON, and much else that is rare: told sooner than the controls alone. */
const unescaped = /[^ -~]/;

/** A text whose controls are written as `\uXXXX`, and halves of surrogate pairs as U+FFFD. */
export function escapeControls(text: string): string {
  return unescaped.test(text) ? text.toWellFormed().replace(controls, toEscape) : text;
}

/** JSON whose controls are all written as escapes: JSON itself asks that of C0 alone. */
export function escapeJson(json: string): string {
  return unescaped.test(json) ? json.replace(controls, toEscape) : json;
}

function toEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
