const texts = new WeakMap<TemplateStringsArray, string>();

/** A statement's text with `$1` where its values go; of a tagged template it is made once. */
export function parameterisedText(text: string | TemplateStringsArray): string {
  if (typeof text === "string") return text;
  const known = texts.get(text);
  if (known !== undefined) return known;
  const made = text.reduce((before, part, position) => `${before}$${position}${part}`);
  texts.set(text, made);
  return made;
}
