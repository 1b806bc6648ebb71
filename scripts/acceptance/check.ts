import type { TestResult } from "./junit.ts";
import type { Criterion } from "./table.ts";

const idAnywhere = /\b(?:AC\d+(?:\.\d+)+|FT\.[A-Z]+\.\d+)\b/;
const idFirst = new RegExp(`^(${idAnywhere.source})(?:\\s|$)`);

/** Everything in which the criteria and the tests that bear their ids disagree. */
export function findDisagreements(criteria: readonly Criterion[], results: readonly TestResult[]): string[] {
  const known = new Set(criteria.map((criterion) => criterion.id));
  const byId = Map.groupBy(results, (result) => idFirst.exec(result.title)?.[1]);
  const unbound = (byId.get(undefined) ?? [])
    .filter((result) => idAnywhere.test(result.title))
    .map((result) => `an id stands elsewhere than first in the title "${result.title}" (${result.file})`);
  const unknown = [...byId].flatMap(([id, tests]) =>
    id === undefined || known.has(id)
      ? []
      : [`${id} is in no row and in the title "${tests[0]?.title}" (${tests[0]?.file})`],
  );
  return [...unbound, ...unknown, ...criteria.flatMap((criterion) => judge(criterion, byId.get(criterion.id) ?? []))];
}

function judge({ id, status }: Criterion, tests: readonly TestResult[]): string[] {
  const passed = tests.some((test) => test.outcome === "passed");
  const named = (outcome: TestResult["outcome"]) =>
    tests.filter((test) => test.outcome === outcome).map((test) => test.title);
  if (status !== "done") return passed ? [`${id} is ${status} and has a passing test`] : [];
  return [
    ...(passed ? [] : [`${id} is done and has no passing test`]),
    ...named("failed").map((title) => `${id} is done and a test of it failed: ${title}`),
    ...named("skipped").map((title) => `${id} is done and a test of it was skipped in every run: ${title}`),
  ];
}
