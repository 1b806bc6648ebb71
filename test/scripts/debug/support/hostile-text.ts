import fc from "fast-check";

/** What texts of a log may try: escape sequences, line breaks, marks of direction, wide and combining characters, halves of pairs. */
const pieces = [
  "\u001b[2J",
  "\u001b]0;title\u0007",
  "\u009b31m",
  "\r",
  "\n",
  "\u0085",
  "\u2028",
  "\u202e",
  "\u2066",
  "\u200d",
  "\u200b",
  "\ufe0f",
  "\u{e0041}",
  "\ud800",
  "\u0301\u0301\u0301\u0301\u0301\u0301",
  "\u115f",
  "\t",
  "日本",
  "👨‍👩‍👧",
  "🇩🇪",
  "é",
  "\\u001b",
  '"',
  "=",
  " ",
];

export const hostileText = fc
  .array(
    fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 8 }), fc.string({ maxLength: 12 })),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(""));

/** What a terminal would do something with, apart from the styles that are ours. */
const drives = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what styles begin with.
const styles = /\u001b\[[0-9;]{1,6}m/g;

export const withoutStyles = (line: string): string => line.replace(styles, "");

export const drivesTerminal = (line: string): boolean => drives.test(withoutStyles(line));
