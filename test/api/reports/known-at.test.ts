import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { scaled } from "../../domain/scaled-bigint.ts";
import type { Answer } from "../../support/app.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import {
  type Asked,
  type RefStatement,
  refBalanceSheet,
  refCashFlow,
  refIncomeStatement,
  refPrice,
  refTrialBalance,
  refValue,
  type Sums,
  toRefLines,
} from "./reference-reports.ts";
import { createReportsBook, days, type Recorded, type ReportsBook, steps } from "./reports-book.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const references = {
  "balance-sheet": refBalanceSheet,
  "income-statement": refIncomeStatement,
  "cash-flow": refCashFlow,
};
type StatementName = keyof typeof references;
const names = Object.keys(references) as StatementName[];

function queryOf(fields: Readonly<Record<string, string | null>>): string {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as [string, string]],
  );
  return new URLSearchParams(given).toString();
}

async function read(
  book: ReportsBook,
  name: string,
  fields: Readonly<Record<string, string | null>>,
): Promise<Answer["body"]> {
  const { status, body } = await book.get(`/reports/${name}?${queryOf(fields)}`);
  expect({ name, fields, status, body }).toMatchObject({ status: 200 });
  return body;
}

const askedOf = (name: string, { since, as_of }: Asked) => ({
  as_of,
  ...(name === "balance-sheet" ? {} : { since }),
});

const toValue = (wire: string | null) => (wire === null ? null : scaled(wire) * 10n ** 36n);
const sumsOf = (rows: readonly { path?: string; commodity: string; amount: string }[]): Sums =>
  Object.fromEntries(
    rows.map(({ path, commodity, amount }) => [
      path === undefined ? commodity : `${path} ${commodity}`,
      scaled(amount),
    ]),
  );

/** A statement in USD against its definition. */
function expectStatement(
  body: Answer["body"],
  expected: RefStatement,
  history: readonly Recorded[],
  asked: Asked,
): void {
  const commodities = new Set<string>();
  for (const [name, part] of Object.entries(expected)) {
    const { rows, totals, total } = body[name];
    if (part.rows !== undefined) expect(sumsOf(rows)).toEqual(part.rows);
    expect(sumsOf(totals)).toEqual(part.totals);
    expect(totals.map((one: { commodity: string }) => one.commodity)).toEqual(Object.keys(part.totals).toSorted());
    expect(toValue(total)).toBe(refValue(part.totals, history, asked.as_of));
    for (const row of rows ?? []) {
      expect(toValue(row.value)).toBe(refValue({ [row.commodity]: scaled(row.amount) }, history, asked.as_of));
    }
    for (const { commodity } of [...(rows ?? []), ...totals]) commodities.add(commodity);
  }
  expectPrices(body, commodities, history, asked);
}

function expectPrices(
  body: Answer["body"],
  commodities: ReadonlySet<string>,
  history: readonly Recorded[],
  asked: Asked,
): void {
  const needed = [...commodities].filter((commodity) => commodity !== "USD").toSorted();
  const found = needed.map((commodity) => ({ commodity, known: refPrice(history, commodity, asked.as_of) }));
  expect(
    body.prices.map((one: { commodity: string; date: string; price: string }) => [
      one.commodity,
      one.date,
      scaled(one.price),
    ]),
  ).toEqual(
    found.flatMap(({ commodity, known }) =>
      known?.price == null ? [] : [[commodity, known.date, scaled(known.price)]],
    ),
  );
  expect(body.missing_prices).toEqual(
    found.flatMap(({ commodity, known }) => (known === null ? [{ commodity, quote: "USD", date: asked.as_of }] : [])),
  );
}

/** Per commodity, what the statements promise of their own parts. */
function expectIdentities(sheet: Answer["body"], flow: Answer["body"]): void {
  const total = (part: Answer["body"], commodity: string) => sumsOf(part.totals)[commodity] ?? 0n;
  for (const commodity of ["USD", "EUR", "ACME", "KWD"]) {
    const [assets, ...claims] = ["assets", "liabilities", "equity", "earnings", "conversions"].map((part) =>
      total(sheet[part], commodity),
    );
    expect(assets).toBe(claims.reduce((sum, one) => sum + one, 0n));
    const [closing, ...parts] = ["closing", "opening", "operating", "investing", "financing", "conversions"].map(
      (part) => total(flow[part], commodity),
    );
    expect(closing).toBe(parts.reduce((sum, one) => sum + one, 0n));
  }
}

const ranges = fc
  .tuple(fc.option(fc.constantFrom(...days), { nil: null }), fc.option(fc.constantFrom(...days), { nil: null }))
  .filter(([since, as_of]) => since === null || as_of === null || since <= as_of)
  .map(([since, as_of]): Asked => ({ since, as_of }));

/** Takes steps a second apart, and gives what each statement answered after each, with its token and time. */
async function live(
  book: ReportsBook,
  history: Recorded[],
  drawn: readonly (typeof steps extends fc.Arbitrary<infer S> ? S : never)[],
  asked: Asked,
) {
  const began = Date.parse("2026-01-01T00:00:00.000Z");
  const moments = [];
  for (const [index, step] of drawn.entries()) {
    app.clock.current = new Date(began + index * 1000);
    history.push(await book.take(step));
    const answers = new Map<string, Answer["body"]>();
    for (const name of [...names, "trial-balance"])
      answers.set(name, await read(book, name, { ...askedOf(name, asked), total_in: "USD" }));
    moments.push({ at: app.clock.current.toISOString(), known: history.length, answers });
  }
  return moments;
}

test("every statement is what its definition says, now, at every time before and by every token that was given", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 12 }), ranges, async (drawn, asked) => {
      app.clock.current = new Date("2026-01-01T00:00:00.000Z");
      const book = await createReportsBook(app);
      const history: Recorded[] = [];
      const moments = await live(book, history, drawn, asked);
      for (const { at, known, answers } of moments) {
        const then = history.slice(0, known);
        const lines = toRefLines(then);
        for (const name of names) expectStatement(answers.get(name), references[name](lines, asked), then, asked);
        expectIdentities(answers.get("balance-sheet"), answers.get("cash-flow"));
        const trial = answers.get("trial-balance");
        const balances = refTrialBalance(lines, asked);
        for (const [key, balance] of Object.entries(balances)) {
          const rows = trial.items.filter(
            (row: { path: string; commodity: string }) => `${row.path} ${row.commodity}` === key,
          );
          expect(rows.reduce((sum: bigint, row: { balance: string }) => sum + scaled(row.balance), 0n)).toBe(balance);
        }
        for (const { debit, credit } of trial.totals) expect(debit).toBe(credit);

        for (const [name, answer] of answers) {
          const fields = { ...askedOf(name, asked), total_in: "USD" };
          expect(await read(book, name, { ...fields, known_at: answer.knowledge })).toEqual({
            ...answer,
            known_at: answer.knowledge,
          });
          const byTime = await read(book, name, { ...fields, known_at: at });
          expect({ ...byTime, knowledge: null }).toEqual({ ...answer, known_at: at, knowledge: null });
        }
      }
    }),
    { numRuns: 25, interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);
