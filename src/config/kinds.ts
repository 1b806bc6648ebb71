import { z } from "zod";

/** What a variable may say: how its text is read, and the words for what would be right. */
export interface Kind<T> {
  readonly expected: string;
  readonly schema: z.ZodType<T, string>;
}

/** Digits and nothing else: no sign, no exponent, no spaces, no leading zero that some would read as octal. */
export const WHOLE_NUMBER_PATTERN = /^(?:0|[1-9][0-9]{0,14})$/;

const WRONG_FORM = "does not have the right form";

/** A whole number in decimal digits, within both bounds. */
export function wholeNumber(min: number, max: number): Kind<number> {
  const schema = z
    .string()
    .regex(WHOLE_NUMBER_PATTERN, "is not a whole decimal number")
    .transform(Number)
    .pipe(z.number().min(min, `is below ${min}`).max(max, `is above ${max}`));
  return { expected: `a whole number from ${min} to ${max}`, schema };
}

/** A decimal from 0 to 1. */
export const fraction: Kind<number> = {
  expected: "a decimal from 0 to 1",
  schema: z
    .string()
    .regex(/^(?:0(?:\.[0-9]{1,15})?|1(?:\.0{1,15})?)$/, "is not a decimal from 0 to 1")
    .transform(Number),
};

/** `true` or `1`, `false` or `0`. */
export const flag: Kind<boolean> = {
  expected: "true or false",
  schema: z
    .enum(["true", "false", "1", "0"], "is neither true nor false")
    .transform((word) => word === "true" || word === "1"),
};

/** One of these words, exactly as written. */
export function oneOf<const Word extends string>(words: readonly Word[]): Kind<Word> {
  const expected = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return { expected, schema: z.enum(words, "is not one of the words it may be") };
}

/** Any text at all. */
export function text(expected: string): Kind<string> {
  return { expected, schema: z.string() };
}

/** Text that passes a check. */
export function textWhere(expected: string, check: RegExp | ((text: string) => boolean)): Kind<string> {
  const passes = check instanceof RegExp ? (value: string) => check.test(value) : check;
  return { expected, schema: z.string().refine(passes, WRONG_FORM) };
}

/** Text that `read` turns into a value, or into null where it cannot. */
export function textAs<T>(expected: string, read: (text: string) => T | null): Kind<T> {
  const schema = z.string().transform((value, context): T => {
    const result = read(value);
    if (result !== null) return result;
    context.addIssue({ code: "custom", message: WRONG_FORM });
    return z.NEVER;
  });
  return { expected, schema };
}

/** A URL of one of these schemes that names a host, kept as it was written. */
export function urlOf(
  expected: string,
  schemes: readonly string[],
  check: (url: URL) => boolean = () => true,
): Kind<string> {
  return textWhere(expected, (value) => {
    const url = /\s/.test(value) || !URL.canParse(value) ? null : new URL(value);
    return url !== null && schemes.includes(url.protocol.slice(0, -1)) && url.hostname !== "" && check(url);
  });
}
