import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getReference, variableNames } from "../../src/config/variables.ts";
import {
  ACCOUNT_NAME_CHARS_MAX,
  ACCOUNT_PATH_CHARS_MAX,
  ACCOUNT_PATH_COMPONENTS_MAX,
} from "../../src/domain/account.ts";
import { AMOUNT_PLACES_MAX } from "../../src/domain/decimal.ts";
import { passwordLengthMax, passwordLengthMin } from "../../src/foundation/auth/password.ts";
import { faultsMax } from "../../src/foundation/http/field-faults.ts";
import { jsonDepthMax } from "../../src/foundation/http/json-scanner.ts";
import { pageLimitDefault, pageLimitMax } from "../../src/foundation/http/pagination.ts";
import { logBatchBounds } from "../../src/foundation/telemetry/logs.ts";
import { spanBounds } from "../../src/foundation/telemetry/traces.ts";
import { invitationDaysDefault, invitationDaysMax } from "../../src/modules/books/schemas.ts";
import { bulkEntriesMax, linesMax } from "../../src/modules/journal/schemas.ts";
import { bulkPricesMax } from "../../src/modules/prices/schemas.ts";
import { root } from "./support/source-files.ts";

const page = readFileSync(join(root, "docs/operations.md"), "utf8");
const table = page.slice(page.indexOf("\n## Limits\n"), page.indexOf("\n## When it answers 503\n"));
const rows = new Map(
  Array.from(table.matchAll(/^\| +([^|]+?) +\| +([^|]+?) +\| +([^|]+?) +\| +([^|]+?) +\|$/gm), ([, ...cells]) => {
    const [what = "", byDefault = "", mayBe = "", effect = ""] = cells;
    return [what, { byDefault, mayBe, effect }] as const;
  }),
);

test("every variable stands in the table of limits, with its default and what it may be, and nothing else does", () => {
  const said = variableNames.map((name) => {
    const { byDefault, mayBe } = rows.get(`\`${name}\``) ?? { byDefault: "missing", mayBe: "missing" };
    return { name, byDefault, mayBe };
  });
  const meant = variableNames.map((name) => {
    const { default: text, expected } = getReference(name);
    return { name, byDefault: text === null ? "unset" : `\`${text}\``, mayBe: expected };
  });
  expect(said).toEqual(meant);
  const named = [...rows.keys()].flatMap((what) => /^`([A-Z][A-Z0-9_]+)`$/.exec(what)?.[1] ?? []);
  expect(named.toSorted()).toEqual([...variableNames].toSorted());
});

test("the limits that are fixed are the code's", () => {
  const fixed = (what: string) => rows.get(what)?.byDefault.replaceAll(",", "") ?? "missing";
  const counts = (what: string) => Array.from(fixed(what).matchAll(/\d+/g), ([count]) => Number(count));
  const figures = {
    "nesting of JSON": [jsonDepthMax],
    "items of a page": [pageLimitDefault, pageLimitMax],
    "lines of an entry": [linesMax],
    "an account's path": [ACCOUNT_PATH_CHARS_MAX, ACCOUNT_PATH_COMPONENTS_MAX, ACCOUNT_NAME_CHARS_MAX],
    "a password": [passwordLengthMin, passwordLengthMax],
    "an invitation": [invitationDaysDefault, invitationDaysMax],
    "spans, and log lines, that wait to be sent": [spanBounds.itemsMax],
  };
  expect(Object.fromEntries(Object.keys(figures).map((what) => [what, counts(what)]))).toEqual(figures);
  expect(counts("entries, or prices, of one request")).toEqual([bulkEntriesMax]);
  expect(bulkPricesMax).toBe(bulkEntriesMax);
  expect(logBatchBounds.itemsMax).toBe(spanBounds.itemsMax);
  expect(counts("faults told of one request")[0]).toBe(faultsMax);
  expect(counts("an amount")[1]).toBe(AMOUNT_PLACES_MAX);
});
