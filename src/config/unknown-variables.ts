import type { ConfigFault } from "./config-error.ts";
import { type VariableName, variableNames } from "./variables.ts";

/** No other program is likely to use these: a name that begins so and that we do not know is a mistake. */
const OWN_PREFIXES = [
  "DB_",
  "API_RATE_LIMIT",
  "ACCESS_TOKEN_TTL",
  "REFRESH_TOKEN_TTL",
  "BODY_BYTES",
  "SHUTDOWN_GRACE",
  "REQUEST_TIMEOUT",
];

/** Others' names, however close to ours. */
const FOREIGN_PREFIXES = ["OTEL_", "PG", "AWS_"];

/** Names shorter than this are too likely to resemble one of ours by chance. */
const RESEMBLING_LENGTH_MIN = 10;

/**
 * Variables that were surely meant for Footing and that it does not know: every one under a prefix of its own, and
 * beyond these a name one slip away from a variable that is not set. Everything else in the environment is ignored.
 */
export function findUnknownVariables(isSet: ReadonlySet<string>): ConfigFault[] {
  const known: ReadonlySet<string> = new Set(variableNames);
  return [...isSet]
    .filter((name) => /^[A-Z0-9_]{1,100}$/.test(name) && !known.has(name))
    .map((name) => toFault(name, isSet))
    .filter((fault) => fault !== null);
}

function toFault(name: string, isSet: ReadonlySet<string>): ConfigFault | null {
  const prefix = OWN_PREFIXES.find((own) => name.startsWith(own));
  const meant = prefix === undefined ? findMisspelt(name, isSet) : findNearest(name, prefix, 4);
  if (meant !== null) {
    const problem = `is not a variable of Footing: did you mean ${meant}?`;
    return { variable: name, problem, expected: `${meant}, or no variable of this name` };
  }
  if (prefix === undefined) return null;
  const expected = `no variable that begins with ${prefix} but those in .env.example`;
  return { variable: name, problem: "is not a variable of Footing", expected };
}

function findMisspelt(name: string, isSet: ReadonlySet<string>): VariableName | null {
  if (FOREIGN_PREFIXES.some((prefix) => name.startsWith(prefix))) return null;
  const nearest = findNearest(name, "", 1);
  return nearest === null || nearest.length < RESEMBLING_LENGTH_MIN || isSet.has(nearest) ? null : nearest;
}

function findNearest(name: string, prefix: string, slipsMax: number): VariableName | null {
  const candidates = variableNames
    .filter((candidate) => candidate.startsWith(prefix))
    .map((candidate) => ({ candidate, slips: countSlips(name, candidate) }))
    .sort((left, right) => left.slips - right.slips);
  const [nearest] = candidates;
  return nearest === undefined || nearest.slips > slipsMax ? null : nearest.candidate;
}

/** Letters added, left out, changed, or swapped with the next: the optimal string alignment distance. */
function countSlips(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
