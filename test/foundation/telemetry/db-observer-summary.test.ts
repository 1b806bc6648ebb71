import { expect, test } from "bun:test";
import fc from "fast-check";
import { createStatementTable } from "../../../src/foundation/telemetry/db-observer-statements.ts";
import { summariseStatement } from "../../../src/foundation/telemetry/db-observer-summary.ts";
import { listSources } from "../../architecture/support/source-files.ts";

const summary = (text: string) => {
  const { operation, targets } = summariseStatement(text);
  return [operation, ...targets].join(" ");
};

test.each([
  ["BEGIN ISOLATION LEVEL read committed READ WRITE", "BEGIN"],
  ["COMMIT", "COMMIT"],
  ["savepoint before_7f3a", "SAVEPOINT"],
  ["rollback to savepoint x", "ROLLBACK TO"],
  ["set constraints all immediate", "SET CONSTRAINTS"],
  ["set local x = 'from secrets'", "SET LOCAL"],
  ["SELECT set_config($1, $2, true), identity.enter_book($3, $4)", "SELECT set_config"],
  ["select 1", "SELECT"],
  ["select 'from nowhere', $1", "SELECT"],
  ["select a from t where b is distinct from c", "SELECT t"],
  ["select extract(year from created) from ledger.entries", "SELECT ledger.entries"],
  ["select extract(year from now())", "SELECT extract"],
  [
    "select * from ledger.a x join ledger.b on true left join lateral (select 1 from c) y on true",
    "SELECT ledger.a ledger.b c",
  ],
  ['select "x" from "ledger"."entries"', "SELECT ledger.entries"],
  ['select 1 from "Odd Name" . "t"', 'SELECT "Odd Name".t'],
  ["-- from x\nselect a /* from y */ from only z for update", "SELECT z"],
  ["insert into t (a) values ($1) on conflict (a) do update set a = excluded.a returning a", "INSERT t"],
  ["insert into t select * from u", "INSERT t u"],
  ["update t set a = $1 from u where u.id = t.id", "UPDATE t u"],
  ["delete from t using u", "DELETE t"],
  [
    "with x as (select * from a), y (k) as materialized (delete from b returning k) insert into c select * from x join y on true",
    "INSERT a b c",
  ],
  ["with recursive up as (select 1 from a union select 1 from up) select * from up", "SELECT a"],
  ["with x as (select 1) update t set a = 1", "UPDATE t"],
  ["select * from ledger.record_entries($1, $2)", "SELECT ledger.record_entries"],
  ["", ""],
])("the summary of a statement names what it does and to what: %s", (text, expected) => {
  expect(summary(text)).toBe(expected);
});

test("a literal is never part of a summary", () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const literal = `'s3cr3t ${value.replaceAll("'", "''")}'`;
      expect(summary(`select ${literal} from t where a = ${literal} and b in (select ${literal} from u)`)).toBe(
        "SELECT t u",
      );
    }),
  );
});

test("a text of any kind is read in a time that grows with its length alone", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("'", '"', "(", "a", ".", " ", "/", "*", "-", "\n", "$"), maxLength: 3_000 }),
      (text) => {
        expect(summariseStatement(text).targets.length).toBeLessThanOrEqual(5);
      },
    ),
  );
  expect(summary(`select ${"a.".repeat(50_000)} ${'"'.repeat(50_001)} ${"/*".repeat(50_000)}`)).toStartWith("SELECT");
});

test("every statement of the modules is told by a table or a function", () => {
  const texts = listSources("src/modules").flatMap(({ text }) =>
    Array.from(text.matchAll(/tx\.sql(?:<[^`]*>)?`([^`]+)`/g), ([, statement = ""]) => statement),
  );
  expect(texts.length).toBeGreaterThan(20);
  expect(texts.filter((text) => summariseStatement(text).targets.length === 0)).toEqual([]);
});

test("a text is described once, and a program that makes texts up as it goes does not fill the memory", () => {
  const statementOf = createStatementTable({});
  const first = statementOf("select a from t");
  expect(statementOf("select a from t")).toBe(first);
  for (let at = 0; at < 1_000; at += 1) statementOf(`select ${at}`);
  expect(statementOf("select 999")).toBe(statementOf("select 999"));
  expect(statementOf("select a from t")).not.toBe(first);
});
