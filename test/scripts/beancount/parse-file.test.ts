import { expect, test } from "bun:test";
import type { Transaction } from "../../../scripts/beancount/syntax/directives.ts";
import { type ParsedFile, parseFile } from "../../../scripts/beancount/syntax/parse-file.ts";
import { formatNumber } from "../../../scripts/beancount/syntax/written-number.ts";

function transactionOf(text: string): Transaction {
  const { directives, faults } = parseFile("x", text);
  expect(faults).toEqual([]);
  const [first] = directives;
  if (first?.kind !== "transaction") throw new Error("no transaction");
  return first;
}

function faultsOf({ faults }: ParsedFile): string[] {
  return faults.map(({ line, message }) => `${line}: ${message}`);
}

test("reads flag, payee, narration, tags, links and metadata of a transaction and of its postings", () => {
  const transaction = transactionOf(`2024-03-05 ! "Café \\"Süd\\"" "two
lines" #trip-1 ^inv.2 ; a comment
  #more
  ref: 2024-01-02
  paid: TRUE
  none:
  ! Assets:Bank  -1,234.50 EUR ; another
    note: "x; y"
    amount: (1 + 2) * 3.0 EUR
    tag: #t
    account: Assets:Cash
    currency: USD
  Assets:Ünïcode:2024-Q1
`);
  expect(transaction).toMatchObject({
    date: "2024-03-05",
    flag: "!",
    payee: 'Café "Süd"',
    narration: "two\nlines",
    tags: ["trip-1", "more"],
    links: ["inv.2"],
    metadata: { ref: "2024-01-02", paid: true, none: null },
  });
  const [first, second] = transaction.postings;
  expect(first).toMatchObject({ flag: "!", account: "Assets:Bank", line: 7 });
  expect(first?.metadata).toEqual({
    note: "x; y",
    amount: "9.0 EUR",
    tag: "#t",
    account: "Assets:Cash",
    currency: "USD",
  });
  expect(first?.units?.number && formatNumber(first.units.number)).toBe("-1234.50");
  expect(second).toMatchObject({ account: "Assets:Ünïcode:2024-Q1", units: null, line: 13 });
});

test("reads every way to write a cost and a price", () => {
  const { postings } = transactionOf(`2024-01-01 txn "costs"
  Assets:A  1 X {}
  Assets:A  1 X {{100 USD}}
  Assets:A  1 X {10 # 5 USD, "lot", 2023-12-31}
  Assets:A  1 X {USD}
  Assets:A  1 X {2023-12-31} @@ 7 USD
  Assets:A  1 X @ USD
  Assets:A  1 X {# 5 USD}
`);
  const text = (part: unknown): unknown =>
    typeof part === "object" && part !== null && "value" in part ? String(part.value) : part;
  const costs = postings.map(({ cost }) => cost && Object.values(cost).map(text));
  expect(costs).toEqual([
    ["missing", null, null, null, null],
    ["0", "100", "USD", null, null],
    ["10", "5", "USD", "2023-12-31", "lot"],
    ["missing", null, "USD", null, null],
    ["missing", null, null, "2023-12-31", null],
    null,
    ["missing", "5", "USD", null, null],
  ]);
  expect(postings.map(({ price }) => price?.isTotal)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    true,
    false,
    undefined,
  ]);
});

test("reads every directive, and tells those that have no counterpart by kind and line", () => {
  const parsed = parseFile(
    "x",
    `option "title" "T"
include "other.beancount"
plugin "some.plugin" "config"
2024-01-01 open Assets:A USD, EUR "FIFO"
  note: "x"
2024-01-02 close Assets:A
2024-1-3 commodity X
2024/01/04 price X 1.5 USD
2024-01-05 pad Assets:A Equity:Opening
2024-01-06 balance Assets:A 1 + 1 ~ 0.5 USD
2024-01-07 event "location" "Here"
2024-01-08 note Assets:A "text"
2024-01-09 document Assets:A "file.pdf" #tag
2024-01-10 query "name" "select"
2024-01-11 custom "type" 1 TRUE Assets:A
  meta: 1
`,
  );
  expect(parsed.faults).toEqual([]);
  expect(parsed.directives.map(({ kind, date }) => `${kind} ${date}`)).toEqual([
    "open 2024-01-01",
    "close 2024-01-02",
    "commodity 2024-01-03",
    "price 2024-01-04",
    "pad 2024-01-05",
    "balance 2024-01-06",
  ]);
  expect(parsed.directives[0]).toMatchObject({ currencies: ["USD", "EUR"], booking: "FIFO", metadata: { note: "x" } });
  expect(parsed.unimported.map(({ kind, line }) => `${kind} ${line}`)).toEqual([
    "plugin some.plugin 3",
    "event 11",
    "note 12",
    "document 13",
    "query 14",
    "custom 15",
  ]);
  expect(parsed.options).toMatchObject([{ name: "title", value: "T" }]);
  expect(parsed.includes).toMatchObject([{ path: "other.beancount", line: 2 }]);
});

test("pushed tags and metadata reach what lies between push and pop, and own metadata wins", () => {
  const { directives, faults } = parseFile(
    "x",
    `pushtag #a
pushmeta place: "Here"
2024-01-01 * "one" #b
2024-01-01 * "two"
  place: "There"
poptag #a
popmeta place:
2024-01-01 * "three"
`,
  );
  expect(faults).toEqual([]);
  expect(directives.map((directive) => directive.kind === "transaction" && directive.tags)).toEqual([
    ["a", "b"],
    ["a"],
    [],
  ]);
  expect(directives.map(({ metadata }) => metadata)).toEqual([{ place: "Here" }, { place: "There" }, {}]);
});

test("reads past org-mode headings, comments, drawers and blank lines, with any line ending", () => {
  const { directives, faults } = parseFile(
    "x",
    '* Heading 2024\r\n:PROPERTIES:\r\n;; comment\r\n2024-01-01 * "x"\r\n  ; inner\r\n; outer\r\n  Assets:A  1 USD\r\n  Assets:B\r\n   \r\n** Other',
  );
  expect(faults).toEqual([]);
  expect(directives).toHaveLength(1);
  expect(directives[0]).toMatchObject({ line: 4, postings: [{ line: 7 }, { line: 8 }] });
});

test("collects every fault with its line, and goes on after each", () => {
  const parsed = parseFile(
    "x",
    `2024-02-30 open Assets:A
2024-01-01 opne Assets:A
2024-01-01 * "ok"
  Assets:A  1 USD USD
  Assets:B  1,00 USD
  Lower 1 USD
  a: 1
  a: 2

  Assets:C  1 USD
nonsense
2024-01-01 balance Assets:A 1 ¤
poptag #never
2024-01-01 * "one" "two" "three"
2024-01-01 open Assets:Good
pushtag #left
2024-01-01 note Assets:A "unclosed
`,
  );
  expect(faultsOf(parsed)).toEqual([
    "1: there is no day 2024-02-30",
    '2: there is no directive "opne"',
    '4: expected the end of the line, found "USD"',
    "5: 1,00 has commas that do not separate groups of three digits",
    '6: cannot read "Lower"',
    "8: the metadata key a is given twice",
    "10: an indented line that belongs to no directive",
    '11: there is no directive "nonsense"',
    '12: cannot read "¤"',
    "13: poptag of #never, which was not pushed",
    "14: a transaction has a payee and a narration at the most, found nothing",
    "17: a string without its closing quote",
    "17: pushtag #left has no poptag",
  ]);
  expect(parsed.directives.at(-1)).toMatchObject({ kind: "open", account: "Assets:Good" });
});
