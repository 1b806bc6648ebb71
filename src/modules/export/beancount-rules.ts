import { dayBefore } from "../../domain/calendar-date.ts";
import { toBeancountAccount, toBeancountCurrency, toBeancountLabel } from "./name-rules.ts";
import type { BookExport } from "./schemas.ts";

type Commodity = BookExport["commodities"][number];
type Account = BookExport["accounts"][number];
type Price = BookExport["prices"][number];
type Entry = BookExport["entries"][number];

/** A metadata value; null leaves the key out. */
type Value = string | boolean | bigint | null;
type Line = Entry["lines"][number];

/** How beancount calls the accounts of a book, by their ids. */
export type AccountNames = ReadonlyMap<string, string>;

export function toCommodityDirective({ code, name, places }: Commodity, date: string): string {
  const currency = toBeancountCurrency(code);
  return `${date} commodity ${currency}\n${metadata(1, {
    name,
    footing_places: BigInt(places),
    footing_code: currency === code ? null : code,
  })}\n`;
}

/**
 * `open`, and `close` where it is closed.
 * @param firstDay - opens an account that is open from ever
 */
export function toAccountDirectives(account: Account, firstDay: string): string {
  const { path, type, opened_on: openedOn, closed_on: closedOn } = account;
  const name = toBeancountAccount(account);
  const openable = openedOn ?? firstDay;
  // An account that closes on the day that it opens is a fault to beancount.
  const told = closedOn !== null && openable >= closedOn ? (dayBefore(closedOn) ?? closedOn) : openable;
  const commodities = (account.commodities ?? []).map(toBeancountCurrency).join(",");
  const open = `${told} open ${name} ${commodities}`.trimEnd();
  const close = closedOn === null ? "" : `${closedOn} close ${name}\n`;
  return `${open}\n${metadata(1, {
    footing_id: account.id,
    footing_path: name === path ? null : path,
    footing_type: name === path ? null : type,
    footing_opened_on: openedOn === told ? null : (openedOn ?? "none"),
    footing_code: account.code,
    footing_description: account.description,
    footing_cash_flow: account.cash_flow,
    footing_active: account.active ? null : false,
  })}${close}\n`;
}

export function toPriceDirective({ commodity, quote, date, price, source }: Price): string {
  const pair = `${toBeancountCurrency(commodity)} ${price} ${toBeancountCurrency(quote)}`;
  return `${date} price ${pair}\n${metadata(1, { footing_source: source })}`;
}

/** A transaction of the entry's lines as they are: debits positive, every amount as written. */
export function toTransaction(entry: Entry, names: AccountNames): string {
  const payee = entry.payee === null ? "" : `${quoted(entry.payee)} `;
  const labels = [...labelsOf("#", entry.tags), ...labelsOf("^", entry.links)].map((label) => ` ${label}`).join("");
  const flag = entry.metadata["flag"] === "!" ? "!" : "*";
  const head = `${entry.date} ${flag} ${payee}${quoted(entry.memo ?? "")}${labels}\n`;
  const own = metadata(1, {
    footing_id: entry.id,
    footing_tags: isKept(entry.tags) ? null : JSON.stringify(entry.tags),
    footing_links: isKept(entry.links) ? null : JSON.stringify(entry.links),
    footing_source: entry.source,
    footing_closing: entry.closing ? true : null,
    footing_voids: entry.voids,
    footing_void_reason: entry.void_reason,
    footing_metadata: objectText(entry.metadata),
  });
  return `${head}${own}${entry.lines.map((line) => toPosting(line, names)).join("")}\n`;
}

function toPosting(line: Line, names: AccountNames): string {
  const name = names.get(line.account_id);
  if (name === undefined) throw new Error(`the book has no account ${line.account_id}`);
  const isZero = !/[1-9]/.test(line.amount);
  const sign = line.side === "credit" && !isZero ? "-" : "";
  const price = line.price === null ? "" : ` @ ${line.price.amount} ${toBeancountCurrency(line.price.commodity)}`;
  return `  ${name}  ${sign}${line.amount} ${toBeancountCurrency(line.commodity)}${price}\n${metadata(2, {
    footing_side: line.side === "credit" && isZero ? line.side : null,
    footing_rounding: line.rounding ? true : null,
    footing_price_source: line.price?.source ?? null,
    footing_memo: line.memo,
    footing_metadata: objectText(line.metadata),
  })}`;
}

/** A string of one line; the API's texts have no line breaks. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function metadata(depth: 1 | 2, values: Readonly<Record<string, Value>>): string {
  const indent = "  ".repeat(depth);
  return Object.entries(values)
    .filter((pair): pair is [string, NonNullable<Value>] => pair[1] !== null)
    .map(([key, value]) => `${indent}${key}: ${typeof value === "string" ? quoted(value) : wordOf(value)}\n`)
    .join("");
}

function wordOf(value: boolean | bigint): string {
  return typeof value === "bigint" ? String(value) : value ? "TRUE" : "FALSE";
}

function objectText(object: Readonly<Record<string, unknown>>): string | null {
  return Object.keys(object).length === 0 ? null : JSON.stringify(object);
}

/** Beancount has tags and links as sets. */
function labelsOf(sign: "#" | "^", labels: readonly string[]): string[] {
  return [...new Set(labels)].map((label) => `${sign}${toBeancountLabel(label)}`);
}

function isKept(labels: readonly string[]): boolean {
  return new Set(labels).size === labels.length && labels.every((label) => toBeancountLabel(label) === label);
}
