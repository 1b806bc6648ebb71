import type { Fault, SourcePosition } from "./fault.ts";
import { Exact, parseWrittenNumber } from "./written-number.ts";

/** What the book's options decide; the names are beancount's. */
export interface BookOptions {
  readonly title: string | null;
  /** Root names of the five account types. */
  readonly roots: Readonly<Record<"asset" | "liability" | "equity" | "income" | "expense", string>>;
  readonly bookingMethod: string;
  readonly toleranceMultiplier: Big;
  /** By currency; "*" stands for every other one. */
  readonly toleranceDefaults: ReadonlyMap<string, Big>;
  readonly inferToleranceFromCost: boolean;
}

type Big = InstanceType<typeof Exact>;

export interface OptionLine extends SourcePosition {
  readonly name: string;
  readonly value: string;
}

const ROOT_OPTIONS = {
  name_assets: "asset",
  name_liabilities: "liability",
  name_equity: "equity",
  name_income: "income",
  name_expenses: "expense",
} as const;

const DEFAULT_ROOTS = {
  asset: "Assets",
  liability: "Liabilities",
  equity: "Equity",
  income: "Income",
  expense: "Expenses",
};

/** Options that change what is displayed or where beancount looks for files, and nothing that is imported. */
const WITHOUT_EFFECT = new Set([
  "operating_currency",
  "documents",
  "render_commas",
  "filename",
  "long_string_maxlines",
]);

/** Decides the options of a book; those that it does not know come back in `ignored`. Wrong values become faults. */
export function readOptions(
  lines: readonly OptionLine[],
  faults: Fault[],
): { options: BookOptions; ignored: OptionLine[] } {
  const roots = { ...DEFAULT_ROOTS };
  const toleranceDefaults = new Map<string, Big>();
  const ignored: OptionLine[] = [];
  let title: string | null = null;
  let bookingMethod = "STRICT";
  let toleranceMultiplier = new Exact("0.5");
  let inferToleranceFromCost = false;
  const fault = (line: OptionLine, message: string): void => {
    faults.push({ file: line.file, line: line.line, message: `option ${line.name}: ${message}` });
  };
  for (const line of lines) {
    const { name, value } = line;
    if (isRootOption(name)) roots[ROOT_OPTIONS[name]] = value;
    else if (name === "title") title = value;
    else if (name === "booking_method") bookingMethod = value.toUpperCase();
    else if (name === "infer_tolerance_from_cost") inferToleranceFromCost = /^(true|1|yes)$/i.test(value);
    else if (name === "inferred_tolerance_multiplier" || name === "tolerance_multiplier") {
      const number = parseWrittenNumber(value);
      if (number) toleranceMultiplier = number.value;
      else fault(line, `${JSON.stringify(value)} is not a number`);
    } else if (name === "inferred_tolerance_default" || name === "default_tolerance") {
      const [currency = "", text = ""] = value.split(":");
      const number = parseWrittenNumber(text);
      if (currency !== "" && number) toleranceDefaults.set(currency, number.value);
      else fault(line, `${JSON.stringify(value)} is not CURRENCY:NUMBER`);
    } else if (!WITHOUT_EFFECT.has(name)) ignored.push(line);
  }
  return {
    options: { title, roots, bookingMethod, toleranceMultiplier, toleranceDefaults, inferToleranceFromCost },
    ignored,
  };
}

function isRootOption(name: string): name is keyof typeof ROOT_OPTIONS {
  return Object.hasOwn(ROOT_OPTIONS, name);
}
