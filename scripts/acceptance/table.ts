const statuses = ["done", "planned", "reserved", "removed"] as const;
export type Status = (typeof statuses)[number];

export interface Criterion {
  readonly id: string;
  readonly status: Status;
}

const id = /^(?:AC\d+\.\d+\.\d+|FT\.[A-Z]+\.\d+)$/;

/** Reads the rows `| id | what must hold | status |`, and what is wrong with them. */
export function parseTable(markdown: string): {
  readonly criteria: readonly Criterion[];
  readonly faults: readonly string[];
} {
  const criteria = new Map<string, Criterion>();
  const faults: string[] = [];
  for (const line of markdown.split("\n")) {
    const cells = /^\|(.*)\|\s*$/
      .exec(line)?.[1]
      ?.split("|")
      .map((cell) => cell.trim());
    if (cells === undefined || cells[0] === "id" || /^-+$/.test(cells[0] ?? "")) continue;
    const [name = "", what = "", written = "", ...more] = cells;
    const status = statuses.find((known) => known === written);
    if (!id.test(name) || what === "" || more.length > 0)
      faults.push(`a row that is not "| id | what must hold | status |": ${line}`);
    else if (status === undefined) faults.push(`${name} has the unknown status "${written}"`);
    else if (criteria.has(name)) faults.push(`${name} stands in the table twice`);
    else criteria.set(name, { id: name, status });
  }
  if (criteria.size === 0) faults.push("the table has no rows");
  return { criteria: [...criteria.values()], faults };
}
