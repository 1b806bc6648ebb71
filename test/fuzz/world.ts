import type { Operation } from "../api/shared-suite/operations.ts";

const keptMax = 24;

/** Plain words that a bookkeeper would send, by the field that takes them: requests made of these mostly succeed. */
const vocabulary: Readonly<Record<string, readonly string[]>> = {
  path: ["Assets:Cash", "Assets:Bank", "Income:Sales", "Expenses:Food", "Liabilities:Card", "Equity:Opening"],
  account_path: ["Assets:Cash", "Assets:Bank", "Income:Sales"],
  commodity: ["USD", "EUR", "JPY"],
  quote: ["USD", "EUR"],
  total_in: ["USD"],
  code: ["POINTS", "HOURS", "BARS"],
  amount: ["10.00", "10.00", "10", "0.01"],
  date: ["2026-01-31", "2026-02-01", "2026-02-28"],
  closed_on: ["2026-01-31"],
  from: ["2026-01-01"],
  to: ["2026-03-31"],
  as_of: ["2026-02-28"],
  since: ["2026-01-01"],
  known_at: ["2026-02-01T00:00:00Z", "2999-01-01T00:00:00Z"],
  tag: ["fuzz"],
  limit: ["1", "2", "200"],
};

/** What a session knows to exist, from the answers it has had: by the name of the field or parameter that takes it. */
export class World {
  readonly #values = new Map<string, string[]>();

  /** Known values first seen first. */
  of(name: string): readonly string[] {
    return [...(vocabulary[name] ?? []), ...(this.#values.get(name) ?? [])];
  }

  learn(name: string, value: string): void {
    const values = this.#values.get(name) ?? [];
    if (values.includes(value)) return;
    this.#values.set(name, [...values, value].slice(-keptMax));
  }

  /** Reads ids, tokens and names out of an answer of success. */
  learnFrom(operation: Operation, operations: readonly Operation[], body: unknown): void {
    const idName = idNameOf(operation, operations);
    const walk = (value: unknown, depth: number): void => {
      if (typeof value !== "object" || value === null || depth > 4) return;
      for (const [name, inner] of Object.entries(value)) {
        if (typeof inner === "string" && inner.length <= 1_024) this.#learnField(name, inner, idName);
        else walk(inner, depth + 1);
      }
    };
    walk(body, 0);
  }

  #learnField(name: string, value: string, idName: string | null): void {
    if (name === "id" && idName !== null) this.learn(idName, value);
    else if (/_id$|^(?:next_cursor|knowledge|known_at|path|email|refresh_token|key)$/.test(name))
      this.learn(takes[name] ?? name, value);
  }
}

/** Under which an API key is known: no field of a request takes it. */
export const apiKey = "API key";

/** Where a field of an answer goes by another name in a request. */
const takes: Readonly<Record<string, string>> = {
  next_cursor: "cursor",
  knowledge: "known_at",
  path: "account_path",
  key: apiKey,
};

/** The parameter that names what an operation answers with: `POST …/accounts` and `GET …/accounts` give `account_id`. */
function idNameOf({ path }: Operation, operations: readonly Operation[]): string | null {
  const itself = /\/\{([^}]+)\}$/.exec(path)?.[1];
  if (itself !== undefined) return itself;
  const item = operations.find(
    (other) => other.path.startsWith(`${path}/{`) || other.path.startsWith(`${path.replace(/\/bulk$/, "")}/{`),
  );
  const prefix = path.replace(/\/bulk$/, "");
  return item === undefined ? null : (/^\{([^}]+)\}/.exec(item.path.slice(prefix.length + 1))?.[1] ?? null);
}
