/** What a statement does and to what, for people and for grouping. */
export interface StatementSummary {
  /** `SELECT`, `INSERT`, `BEGIN`, `SET CONSTRAINTS`. */
  readonly operation: string;
  /** Tables, and functions that stand for one, in the order of the text. */
  readonly targets: readonly string[];
}

const targetsMax = 5;

/** Operations whose name is more than the first word. */
const twoWords: Readonly<Record<string, readonly string[]>> = {
  ROLLBACK: ["TO"],
  SET: ["CONSTRAINTS", "TRANSACTION", "LOCAL"],
  CREATE: ["TABLE", "INDEX", "FUNCTION", "SCHEMA", "ROLE"],
  ALTER: ["TABLE", "INDEX", "FUNCTION", "SCHEMA", "ROLE"],
  DROP: ["TABLE", "INDEX", "FUNCTION", "SCHEMA", "ROLE"],
};

const dataOperations = new Set(["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES"]);

/** Functions whose arguments have a FROM that names no table. */
const functionsWithFrom = new Set(["EXTRACT", "SUBSTRING", "TRIM", "OVERLAY"]);

/** Comments and literals, to be passed over; names, dotted and quoted; numbers; and signs. */
const token =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|((?:"(?:[^"]|"")+"|[a-z_][\w$]*)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[a-z_][\w$]*))*)|\$?\d[\w.]*|[^\s\w]/gi;

/**
 * Reads what a SQL text does. It is a summary and no parser: enough for the statements that programs write, and the
 * first word for all others. Values are never part of it.
 */
export function summariseStatement(text: string): StatementSummary {
  const words = Array.from(text.matchAll(token), ([sign, name]) => (name === undefined ? sign : plain(name))).filter(
    (word) => !word.startsWith("--") && !word.startsWith("/*"),
  );
  const upper = words.map((word) => word.toUpperCase());
  const first = upper[0] ?? "";
  const operation = first === "WITH" ? (findMainOperation(upper) ?? first) : first;
  if (!dataOperations.has(operation)) {
    const second = upper[1] ?? "";
    return { operation: twoWords[operation]?.includes(second) ? `${operation} ${second}` : operation, targets: [] };
  }
  const targets = findTargets(words, upper);
  return { operation, targets: targets.length > 0 ? targets : findCalled(words) };
}

/** Query builders quote every name; the same table has one name, whoever wrote the statement. */
function plain(name: string): string {
  return name.replace(/"([a-z_][a-z0-9_$]*)"/g, "$1").replace(/\s*\.\s*/g, ".");
}

/** The first data operation outside the parentheses of a WITH list. */
function findMainOperation(upper: readonly string[]): string | undefined {
  let depth = 0;
  return upper.find((word) => {
    if (word === "(") depth += 1;
    else if (word === ")") depth -= 1;
    return depth === 0 && dataOperations.has(word);
  });
}

function findTargets(words: readonly string[], upper: readonly string[]): string[] {
  const named = commonTables(words, upper);
  const openers: string[] = [];
  const found = new Set<string>();
  for (const [at, word] of upper.entries()) {
    if (word === "(") openers.push(upper[at - 1] ?? "");
    else if (word === ")") openers.pop();
    if (!introducesTarget(upper, at) || functionsWithFrom.has(openers.at(-1) ?? "")) continue;
    const target = words[skipNoise(upper, at + 1)] ?? "";
    if (/^["a-z_]/i.test(target) && !named.has(target)) found.add(target);
    if (found.size === targetsMax) break;
  }
  return [...found];
}

/** Names of a WITH list: `name AS (`, `name (columns) AS MATERIALIZED (`. */
function commonTables(words: readonly string[], upper: readonly string[]): Set<string | undefined> {
  const named = new Set<string | undefined>();
  for (const [at, word] of upper.entries()) {
    if (word !== "AS" || !["(", "MATERIALIZED", "NOT"].includes(upper[at + 1] ?? "")) continue;
    named.add(words[words[at - 1] === ")" ? words.lastIndexOf("(", at) - 1 : at - 1]);
  }
  return named;
}

function introducesTarget(upper: readonly string[], at: number): boolean {
  const before = upper[at - 1];
  switch (upper[at]) {
    case "FROM":
      return before !== "DISTINCT" || upper[at - 2] === "SELECT";
    case "JOIN":
    case "INTO":
      return true;
    case "UPDATE":
      // Not FOR UPDATE, FOR NO KEY UPDATE, DO UPDATE.
      return before === undefined || before === "(" || before === ")";
    default:
      return false;
  }
}

function skipNoise(upper: readonly string[], at: number): number {
  return ["ONLY", "LATERAL"].includes(upper[at] ?? "") ? at + 1 : at;
}

/** The function that a SELECT without a table calls first. */
function findCalled(words: readonly string[]): string[] {
  const at = words.findIndex((word, index) => words[index + 1] === "(" && /^["a-z_]/i.test(word));
  const called = words[at];
  return called === undefined || dataOperations.has(called.toUpperCase()) ? [] : [called];
}
