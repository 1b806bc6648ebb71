export type Outcome = "failed" | "passed" | "skipped";

export interface TestResult {
  readonly file: string;
  /** The test's own title, without those of the groups around it. */
  readonly title: string;
  readonly outcome: Outcome;
}

const testcasePattern = /<testcase\b((?:\s+[\w:-]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/testcase>)/g;

/**
 * The tests of a report that `bun test --reporter=junit` wrote.
 * @throws when the text is no such report, or holds another number of tests than it says.
 */
export function parseJunit(xml: string): TestResult[] {
  const announced = /<testsuites\b[^>]*?\stests="(\d+)"/.exec(xml)?.[1];
  if (announced === undefined) throw new Error("not a JUnit report: it has no <testsuites tests=…>");
  const results = [...xml.matchAll(testcasePattern)].map(([, attributes = "", body = ""]) => ({
    file: attribute(attributes, "file"),
    title: attribute(attributes, "name"),
    outcome: outcomeOf(body),
  }));
  if (results.length !== Number(announced)) {
    throw new Error(`the report says that it has ${announced} tests and ${results.length} can be read`);
  }
  return results;
}

/** One result for each test of several runs: failed if it failed in any, passed if it passed in any, else skipped. */
export function mergeRuns(runs: readonly (readonly TestResult[])[]): TestResult[] {
  const merged = new Map<string, TestResult>();
  for (const result of runs.flat()) {
    const key = JSON.stringify([result.file, result.title]);
    const before = merged.get(key);
    if (before === undefined || weight[result.outcome] > weight[before.outcome]) merged.set(key, result);
  }
  return [...merged.values()];
}

const weight: Readonly<Record<Outcome, number>> = { skipped: 0, passed: 1, failed: 2 };

function outcomeOf(body: string): Outcome {
  if (/<(?:failure|error)\b/.test(body)) return "failed";
  return /<skipped\b/.test(body) ? "skipped" : "passed";
}

function attribute(attributes: string, name: string): string {
  const written = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
  return written.replace(/&(?:#(\d+)|(\w+));/g, (entity, code: string | undefined, word: string | undefined) =>
    code === undefined ? (entities[word ?? ""] ?? entity) : String.fromCodePoint(Number(code)),
  );
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
