/**
 * Holds docs/acceptance.md and the tests together: bun scripts/check-acceptance.ts [junit.xml …]
 * Several reports are several runs of the same tests, for instance on two versions of PostgreSQL.
 */
import { existsSync, readFileSync } from "node:fs";
import { findDisagreements } from "./acceptance/check.ts";
import { mergeRuns, parseJunit } from "./acceptance/junit.ts";
import { parseTable } from "./acceptance/table.ts";

const reports = process.argv.length > 2 ? process.argv.slice(2) : ["junit.xml"];
const missing = reports.filter((report) => !existsSync(report));
if (missing.length > 0) {
  console.error(
    `no such report: ${missing.join(", ")}. Make one: bun test --reporter=junit --reporter-outfile=junit.xml`,
  );
  process.exit(2);
}

const table = parseTable(readFileSync(`${import.meta.dir}/../docs/acceptance.md`, "utf8"));
const results = mergeRuns(reports.map((report) => parseJunit(readFileSync(report, "utf8"))));
const faults = [...table.faults, ...findDisagreements(table.criteria, results)];
for (const fault of faults) console.error(`acceptance: ${fault}`);

const counts = [...Map.groupBy(table.criteria, (criterion) => criterion.status)].map(
  ([status, rows]) => `${rows.length} ${status}`,
);
console.log(`acceptance: ${counts.join(", ")}; ${faults.length === 0 ? "the tests agree" : `${faults.length} faults`}`);
process.exit(faults.length === 0 ? 0 : 1);
