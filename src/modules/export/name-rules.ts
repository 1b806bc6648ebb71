import type { AccountType } from "../../domain/account.ts";

/**
 * Names as beancount's grammar has them. Each mapping is injective, so that two names of a book never become one: what
 * fits stays as it is, unless it looks like what something else is mapped to.
 *
 * In accounts, tags and links a run of characters that do not fit becomes `-x` + hexadecimal code points with `x` between
 * them + `-`: "Food & Drink" is `Food-x20x26x20-Drink`. A `-` before an `x` is itself mapped, so that `-x` always begins one.
 * @see https://beancount.github.io/docs/beancount_language_syntax.html
 */

const roots: Readonly<Record<AccountType, string>> = {
  asset: "Assets",
  liability: "Liabilities",
  equity: "Equity",
  income: "Income",
  expense: "Expenses",
};

/** Stands before a whole path whose first name is not its type's root. No name is mapped to it: hexadecimals would follow. */
const wholePath = "Path-x";
const accountFits = /^[\p{L}\p{Nd}-]$/u;
const accountStartFits = /^[\p{Lu}\p{Nd}]$/u;
const labelFits = /^[A-Za-z0-9_/.-]$/;

/** What beancount reads as something else than a currency, or not in all its versions. */
const reservedCode = /^(?:[A-Z]|TRUE|FALSE|NULL)$/;
const codePrefix = "FTG-";

/** An account of at least two names under the root of its type. */
export function toBeancountAccount({ path, type }: { readonly path: string; readonly type: AccountType }): string {
  const [first, ...rest] = path.split(":");
  const isPlain = first === roots[type] && rest.length > 0;
  return [roots[type], ...(isPlain ? rest : [wholePath, ...path.split(":")]).map(mapIfNamed)].join(":");
}

function mapIfNamed(name: string): string {
  return name === wholePath ? name : toAccountName(name);
}

/** A name begins with a capital or a digit: where it would not, its first character is mapped too, behind an X. */
function toAccountName(name: string): string {
  const characters = [...name];
  const isMapped = characters.map(
    (character, index) => !accountFits.test(character) || opensMapping(characters, index),
  );
  // An X that is followed by a mapping is mapped, as it would be taken for the one put in front of a mapping.
  if (!accountStartFits.test(characters[0] ?? "") || (characters[0] === "X" && isMapped[1] === true))
    isMapped[0] = true;
  return `${isMapped[0] === true ? "X" : ""}${mapRuns(characters, isMapped)}`;
}

/** A tag or a link. */
export function toBeancountLabel(label: string): string {
  const characters = [...label];
  return mapRuns(
    characters,
    characters.map((character, index) => !labelFits.test(character) || opensMapping(characters, index)),
  );
}

/** A currency: `FTG-` before what is reserved, and before what that gives. */
export function toBeancountCurrency(code: string): string {
  const bare = code.replace(/^(?:FTG-)+/, "");
  return reservedCode.test(bare) ? `${codePrefix}${code}` : code;
}

function opensMapping(characters: readonly string[], index: number): boolean {
  return characters[index] === "-" && characters[index + 1] === "x";
}

function mapRuns(characters: readonly string[], isMapped: readonly boolean[]): string {
  let text = "";
  for (const [index, character] of characters.entries()) {
    if (isMapped[index] !== true) {
      text += character;
      continue;
    }
    const code = character.codePointAt(0)?.toString(16) ?? "";
    text += `${isMapped[index - 1] === true ? "" : "-"}x${code}${isMapped[index + 1] === true ? "" : "-"}`;
  }
  return text;
}
