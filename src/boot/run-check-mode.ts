import type { Check, CheckResult } from "../foundation/health/index.ts";
import { runChecks } from "../foundation/health/index.ts";

/**
 * How much a check of the installation asks: nothing but the configuration (`dry-run`, for CI), the database too
 * (`critical`, what a start needs), or everything that is configured (`full`, for a smoke test).
 */
export const checkModes = ["dry-run", "critical", "full"] as const;
export type CheckMode = (typeof checkModes)[number];

const timeoutMs = 10_000;

/** What the arguments of the entry ask for: null is to serve. */
export type Arguments = { readonly checkMode: CheckMode | null } | { readonly fault: string };

/** Reads `--check`, which is `--check=dry-run`, `--check=critical` and `--check=full`; anything else is a fault. */
export function parseArguments(args: readonly string[]): Arguments {
  const [first, ...others] = args;
  if (first === undefined) return { checkMode: null };
  const [, mode = "dry-run"] = /^--check(?:=(.*))?$/.exec(first) ?? [undefined, ""];
  const checkMode = checkModes.find((known) => known === mode);
  if (checkMode !== undefined && others.length === 0) return { checkMode };
  return { fault: `usage: server.ts [--check[=${checkModes.join("|")}]]` };
}

/** Which checks a mode runs, of all that there are. */
export function checksOf(mode: CheckMode, checks: readonly Check[]): readonly Check[] {
  if (mode === "dry-run") return [];
  return mode === "full" ? checks : checks.filter(({ critical }) => critical);
}

/**
 * Runs a mode's checks and writes a line for each, with what to look at where one failed.
 * @returns whether everything that was asked works.
 */
export async function runCheckMode(
  mode: CheckMode,
  checks: readonly Check[],
  write: (line: string) => void,
): Promise<boolean> {
  write("ok              configuration");
  const results = await runChecks(checksOf(mode, checks), { timeoutMs });
  for (const result of results) for (const line of describe(result)) write(line);
  return results.every(({ status }) => status !== "failed");
}

function describe({ name, status, durationMs, remedy, error }: CheckResult): readonly string[] {
  const line = `${status.padEnd(15)} ${name}`;
  if (status === "not_configured") return [line];
  if (status === "ok") return [`${line} (${Math.round(durationMs)} ms)`];
  return [`${line}: ${rootMessageOf(error)}`, `                ${remedy}`];
}

/** What lay under it all says the most. */
function rootMessageOf(error: unknown): string {
  let root = error;
  while (root instanceof Error && root.cause !== undefined) root = root.cause;
  return root instanceof Error && root.message !== "" ? root.message : String(root);
}
