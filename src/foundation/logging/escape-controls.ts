/**
 * What may forge a line or drive a terminal: C0 and C1 controls, DEL, the two Unicode line breaks, and what changes the
 * direction of text (so that it reads as something else than it is).
 *
 * @see https://trojansource.codes
 */
const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** What cannot stand in a JSON text as it is, or should not. */
const unsafe = /[^ !#-[\]-~\u00a0-\u0600\u0700-\u1fff\u2100-\ud7ff]/;

/** What most texts are made of: told sooner than that nothing in a text is unsafe. */
const unusual = /[^A-Za-z0-9/_.:-]/;

/** A text whose controls are written as `\uXXXX`, and halves of surrogate pairs as U+FFFD. */
export function escapeControls(text: string): string {
  return unsafe.test(text) ? text.toWellFormed().replace(controls, toEscape) : text;
}

/** A text as JSON, quotes included, whose controls are all written as escapes. */
export function toJsonText(text: string): string {
  return unusual.test(text) && unsafe.test(text) ? JSON.stringify(text).replace(controls, toEscape) : `"${text}"`;
}

function toEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
