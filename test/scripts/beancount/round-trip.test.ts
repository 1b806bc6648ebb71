import { expect, test } from "bun:test";
import fc from "fast-check";
import type {
  CostSpec,
  Metadata,
  Posting,
  PriceSpec,
  Transaction,
} from "../../../scripts/beancount/syntax/directives.ts";
import { parseFile } from "../../../scripts/beancount/syntax/parse-file.ts";
import {
  formatNumber,
  parseWrittenNumber,
  type WrittenNumber,
} from "../../../scripts/beancount/syntax/written-number.ts";

// Transactions are made, written as beancount, and read back.

const FILE = "x";

const number: fc.Arbitrary<WrittenNumber> = fc
  .record({ digits: fc.bigInt({ min: 0n, max: 10n ** 15n }), scale: fc.nat(8) })
  .map(({ digits, scale }) => {
    const padded = digits.toString().padStart(scale + 1, "0");
    const written = scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
    const parsed = parseWrittenNumber(written);
    if (!parsed) throw new Error(`no number: ${written}`);
    return parsed;
  });

const currency = fc
  .stringMatching(/^[A-Z][A-Z0-9'._-]{0,10}[A-Z0-9]$/)
  .filter((code) => !/^(TRUE|FALSE|NULL)$/.test(code));
const name = fc.stringMatching(/^[A-Z0-9][A-Za-z0-9-]{0,8}$/);
const account = fc
  .tuple(fc.constantFrom("Assets", "Expenses", "Equity"), fc.array(name, { minLength: 1, maxLength: 4 }))
  .map(([root, names]) => [root, ...names].join(":"));
const label = fc.stringMatching(/^[A-Za-z0-9\-_/.]{1,12}$/);
const text = fc.string({ unit: "grapheme", maxLength: 30 }).map((value) => value.replaceAll("\r", ""));
const date = fc
  .date({ min: new Date("1900-01-01"), max: new Date("2100-12-31"), noInvalidDate: true })
  .map((value) => value.toISOString().slice(0, 10));
const metadata: fc.Arbitrary<Metadata> = fc.dictionary(
  fc.stringMatching(/^[a-z][A-Za-z0-9_-]{1,8}$/),
  fc.oneof(text, fc.boolean(), fc.constant(null)),
  { maxKeys: 3, noNullPrototype: true },
);

const cost: fc.Arbitrary<CostSpec> = fc.record({
  perUnit: fc.oneof(number, fc.constant("missing" as const)),
  total: fc.oneof(number, fc.constant(null)),
  currency,
  date: fc.option(date),
  label: fc.option(text),
});
const price: fc.Arbitrary<PriceSpec> = fc.record({ number: fc.option(number), currency, isTotal: fc.boolean() });

const posting = fc
  .record({
    flag: fc.option(fc.constantFrom("*", "!", "P", "%")),
    account,
    units: fc.record({ number: fc.option(number), currency }),
    cost: fc.option(cost),
    price: fc.option(price),
    metadata,
  })
  .chain((full) => fc.boolean().map((elided) => (elided ? { ...full, units: null, cost: null, price: null } : full)));

const transaction = fc.record({
  date,
  flag: fc.constantFrom("*", "!", "P", "#"),
  payee: fc.option(text),
  narration: text,
  tags: fc.uniqueArray(label, { maxLength: 3 }),
  links: fc.uniqueArray(label, { maxLength: 3 }),
  metadata,
  postings: fc.array(posting, { maxLength: 4 }),
});

type Made = Omit<Transaction, "kind" | "file" | "line" | "postings"> & { postings: Omit<Posting, "file" | "line">[] };

function print({ date: day, flag, payee, narration, tags, links, metadata: own, postings }: Made): string {
  const strings = [...(payee === null ? [] : [payee]), narration].map(quote);
  const labels = [...tags.map((tag) => `#${tag}`), ...links.map((link) => `^${link}`)];
  const lines = [[day, flag, ...strings, ...labels].join(" "), ...printMetadata(own, "  ")];
  for (const made of postings) {
    const { flag: mark, account: path, units, cost: spec, price: rate } = made;
    const parts = [mark, path, units && printAmount(units), spec && printCost(spec), rate && printPrice(rate)];
    lines.push(`  ${parts.filter((part) => part !== null).join("  ")}`, ...printMetadata(made.metadata, "    "));
  }
  return `${lines.join("\n")}\n`;
}

function printCost({ perUnit, total, currency: code, date: day, label: mark }: CostSpec): string {
  const first = perUnit === "missing" || perUnit === null ? "" : formatNumber(perUnit);
  const second = total === null || total === "missing" ? "" : `# ${formatNumber(total)}`;
  const parts = [`${first} ${second} ${code}`, ...(day === null ? [] : [day]), ...(mark === null ? [] : [quote(mark)])];
  return `{${parts.join(", ")}}`;
}

function printPrice(rate: PriceSpec): string {
  return `${rate.isTotal ? "@@" : "@"} ${printAmount(rate)}`;
}

function printAmount({
  number: value,
  currency: code,
}: {
  number: WrittenNumber | null;
  currency: string | null;
}): string {
  return `${value ? formatNumber(value) : ""} ${code}`;
}

function printMetadata(values: Metadata, indent: string): string[] {
  return Object.entries(values).map(([key, value]) => {
    const shown = typeof value === "string" ? quote(value) : value === null ? "NULL" : String(value).toUpperCase();
    return `${indent}${key}: ${shown}`;
  });
}

function quote(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** Comparable: numbers as text, positions left out. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, part) => (key === "line" || key === "file" || key === "kind" ? undefined : part)),
  );
}

test("what is written as beancount is read back the same, whatever it holds", () => {
  fc.assert(
    fc.property(fc.array(transaction, { minLength: 1, maxLength: 3 }), (made) => {
      const { directives, faults } = parseFile(FILE, made.map(print).join("\n"));
      expect(faults).toEqual([]);
      expect(plain(directives)).toEqual(plain(made));
    }),
  );
});

test("no text makes the parser throw: it always ends with directives and faults", () => {
  const fragment = fc.constantFrom(
    "2024-01-01 ",
    "* ",
    '"',
    "  ",
    "Assets:A ",
    "1 ",
    "USD ",
    "{",
    "}",
    "{{",
    "@@ ",
    "\n",
    "key: ",
    "(",
    "#t ",
    ";",
    "open ",
    "\\",
    ",",
  );
  const book = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(book, (content) => {
      const { directives, faults } = parseFile(FILE, content);
      const lines = content.split("\n").length;
      for (const { line } of [...directives, ...faults]) expect(line).toBeLessThanOrEqual(lines);
    }),
    { numRuns: 1000 },
  );
});
