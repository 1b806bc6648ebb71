import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDisagreements } from "../../scripts/acceptance/check.ts";
import { mergeRuns, type Outcome, parseJunit, type TestResult } from "../../scripts/acceptance/junit.ts";
import { type Criterion, parseTable, type Status } from "../../scripts/acceptance/table.ts";

const result = (title: string, outcome: Outcome): TestResult => ({ file: "test/a.test.ts", title, outcome });
const rows = (status: Status, ...ids: string[]): Criterion[] => ids.map((id) => ({ id, status }));

/** A report of the real runner over one test file. */
function reportOf(source: string): string {
  const { PATH } = process.env;
  const directory = mkdtempSync(join(tmpdir(), "footing-junit-"));
  try {
    writeFileSync(join(directory, "a.test.ts"), `import { describe, expect, test } from "bun:test";\n${source}`);
    Bun.spawnSync([process.execPath, "test", "--reporter=junit", "--reporter-outfile=junit.xml"], {
      cwd: directory,
      env: { PATH, HOME: directory },
    });
    return readFileSync(join(directory, "junit.xml"), "utf8");
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("the JUnit report", () => {
  test("is read as the runner writes it, groups, markup, skipped and failing tests included", () => {
    const xml = reportOf(`
      test('passes & <says> "so"', () => {});
      test.skip("skipped", () => {});
      test.todo("to do");
      test("fails", () => expect("<skipped />").toBe("]]>"));
      describe("outer", () => describe("inner <d>", () => test("deep", () => {})));
      test.each([1, 2])("each %d", () => {});
    `);
    expect(parseJunit(xml)).toEqual([
      { file: "a.test.ts", title: 'passes & <says> "so"', outcome: "passed" },
      { file: "a.test.ts", title: "skipped", outcome: "skipped" },
      { file: "a.test.ts", title: "to do", outcome: "skipped" },
      { file: "a.test.ts", title: "fails", outcome: "failed" },
      { file: "a.test.ts", title: "deep", outcome: "passed" },
      { file: "a.test.ts", title: "each 1", outcome: "passed" },
      { file: "a.test.ts", title: "each 2", outcome: "passed" },
    ]);
  });

  test("is refused when it is none, or holds another number of tests than it says", () => {
    expect(() => parseJunit("")).toThrow("not a JUnit report");
    expect(() =>
      parseJunit('<testsuites name="bun test" tests="2"><testcase name="a" file="b" /></testsuites>'),
    ).toThrow("1 can be read");
  });

  test("of several runs: a test failed if it failed in any, was skipped only if it was in all", () => {
    const outcomes = (...runs: Outcome[]) =>
      mergeRuns(runs.map((outcome) => [result("a", outcome)])).map((merged) => merged.outcome);
    expect(outcomes("passed", "failed")).toEqual(["failed"]);
    expect(outcomes("failed", "passed")).toEqual(["failed"]);
    expect(outcomes("skipped", "passed")).toEqual(["passed"]);
    expect(outcomes("passed", "skipped")).toEqual(["passed"]);
    expect(outcomes("skipped", "skipped")).toEqual(["skipped"]);
  });
});

describe("the table", () => {
  test("of this project can be read and names every id once", () => {
    const { criteria, faults } = parseTable(readFileSync(`${import.meta.dir}/../../docs/acceptance.md`, "utf8"));
    expect(faults).toEqual([]);
    expect(criteria.length).toBeGreaterThan(70);
  });

  test("is refused with a duplicate, an unknown status, a malformed id, or no rows", () => {
    const faultsOf = (...lines: string[]) =>
      parseTable(["| id | what | status |", "|---|---|---|", ...lines].join("\n")).faults;
    expect(faultsOf("| FT.TX.1 | a | done |")).toEqual([]);
    expect(faultsOf("| FT.TX.1 | a | done |", "| FT.TX.1 | b | planned |")).toEqual([
      "FT.TX.1 stands in the table twice",
    ]);
    expect(faultsOf("| FT.TX.1 | a | done |", "| FT.TX.2 | b | soon |")).toEqual([
      'FT.TX.2 has the unknown status "soon"',
    ]);
    for (const row of [
      "| AC12.1 | a | done |",
      "| FT.TX.1–4 | a | done |",
      "| FT.TX.2 |  | done |",
      "| FT.TX.2 | a | b | done |",
    ]) {
      expect(faultsOf("| FT.TX.1 | a | done |", row)).toEqual([
        `a row that is not "| id | what must hold | status |": ${row}`,
      ]);
    }
    expect(faultsOf()).toEqual(["the table has no rows"]);
  });
});

describe("table and tests agree", () => {
  test("when every done id has a passing test and no other id has one", () => {
    const criteria = [
      ...rows("done", "AC12.1.1", "FT.TX.1"),
      ...rows("planned", "AC12.1.2"),
      ...rows("removed", "AC12.1.3"),
    ];
    const results = [
      ...[
        result("AC12.1.1 holds", "passed"),
        result("AC12.1.1 holds there too", "passed"),
        result("FT.TX.1 holds", "passed"),
      ],
      ...[result("AC12.1.2 does not yet", "failed"), result("anything else", "skipped")],
    ];
    expect(findDisagreements(criteria, results)).toEqual([]);
  });

  test("and not when a done id has no test, or one that failed or was skipped", () => {
    const done = rows("done", "AC12.1.1");
    expect(findDisagreements(done, [])).toEqual(["AC12.1.1 is done and has no passing test"]);
    expect(findDisagreements(done, [result("AC12.1.10 is another", "passed")])).toContain(
      "AC12.1.1 is done and has no passing test",
    );
    expect(findDisagreements(done, [result("AC12.1.1 a", "skipped")])).toEqual([
      "AC12.1.1 is done and has no passing test",
      "AC12.1.1 is done and a test of it was skipped in every run: AC12.1.1 a",
    ]);
    expect(findDisagreements(done, [result("AC12.1.1 a", "passed"), result("AC12.1.1 b", "failed")])).toEqual([
      "AC12.1.1 is done and a test of it failed: AC12.1.1 b",
    ]);
  });

  test("and not when an id that is not done has a passing test", () => {
    for (const status of ["planned", "reserved", "removed"] as const) {
      const found = findDisagreements(rows(status, "AC12.1.1"), [result("AC12.1.1 a", "passed")]);
      expect(found).toEqual([`AC12.1.1 is ${status} and has a passing test`]);
    }
  });

  test("and not when a title names an unknown id, or names one elsewhere than first", () => {
    const found = (title: string) => findDisagreements(rows("planned", "AC12.1.1"), [result(title, "passed")]);
    expect(found("AC12.1.9 a")).toEqual(['AC12.1.9 is in no row and in the title "AC12.1.9 a" (test/a.test.ts)']);
    for (const title of ["proves AC12.1.1", "AC12.1.1: a", "AC12.1.1–3 a", "FT.TX.1, and more"]) {
      expect(found(title)).toEqual([`an id stands elsewhere than first in the title "${title}" (test/a.test.ts)`]);
    }
  });
});
