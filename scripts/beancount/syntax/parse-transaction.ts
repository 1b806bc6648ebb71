import type { Posting, Transaction } from "./directives.ts";
import { collectFault, type Fault } from "./fault.ts";
import { parseCostSpec } from "./parse-cost.ts";
import { MetadataCollector } from "./parse-metadata.ts";
import { parseIncompleteAmount } from "./parse-values.ts";
import { TokenCursor } from "./token-cursor.ts";
import type { TokenLine } from "./tokens.ts";

const FLAG_SIGNS = ["*", "!", "#", "&", "?", "%"];

/** Takes a flag: one of the signs, or a single capital. */
export function acceptFlag(cursor: TokenCursor): string | null {
  for (const sign of FLAG_SIGNS) if (cursor.accept("punctuation", sign)) return sign;
  return cursor.peek()?.text.length === 1 ? (cursor.accept("currency")?.text ?? null) : null;
}

interface TransactionHead {
  readonly file: string;
  readonly date: string;
  readonly flag: string;
  readonly pushedTags: readonly string[];
  readonly metadata: MetadataCollector;
  readonly faults: Fault[];
}

/** Reads a transaction from after its flag to the last of its indented lines. Faults of postings are collected. */
export function parseTransaction(cursor: TokenCursor, body: readonly TokenLine[], head: TransactionHead): Transaction {
  const tags = new Set(head.pushedTags);
  const links = new Set<string>();
  const strings: string[] = [];
  for (;;) {
    const string = cursor.accept("string");
    if (string) strings.push(string.text);
    else if (!cursor.accept("punctuation", "|")) break;
  }
  if (strings.length > 2) cursor.fail("a transaction has a payee and a narration at the most");
  acceptTagsAndLinks(cursor, tags, links);
  cursor.expectEnd();
  const postings: OpenPosting[] = [];
  for (const line of body) {
    if (line.broken) continue;
    collectFault(head.faults, head.file, () => {
      const inner = new TokenCursor(line);
      if ((postings.at(-1)?.metadata ?? head.metadata).accept(inner)) return;
      if (!acceptTagsAndLinks(inner, tags, links)) postings.push(parsePosting(inner, head.file));
      inner.expectEnd();
    });
  }
  return {
    kind: "transaction",
    file: head.file,
    line: cursor.line,
    date: head.date,
    flag: head.flag,
    payee: strings.length === 2 ? (strings[0] ?? null) : null,
    narration: strings.at(-1) ?? "",
    tags: [...tags],
    links: [...links],
    metadata: head.metadata.toMetadata(),
    postings: postings.map(({ metadata, ...posting }) => ({ ...posting, metadata: metadata.toMetadata() })),
  };
}

type OpenPosting = Omit<Posting, "metadata"> & { readonly metadata: MetadataCollector };

function parsePosting(cursor: TokenCursor, file: string): OpenPosting {
  const flag = acceptFlag(cursor);
  const account = cursor.expect("account", "an account").text;
  const metadata = new MetadataCollector();
  const posting = { file, line: cursor.line, flag, account, metadata };
  if (!cursor.peek()) return { ...posting, units: null, cost: null, price: null };
  const units = parseIncompleteAmount(cursor);
  const cost = parseCostSpec(cursor);
  const isTotal = cursor.accept("punctuation", "@@") !== null;
  const hasPrice = isTotal || cursor.accept("punctuation", "@") !== null;
  const price = hasPrice ? { ...parseIncompleteAmount(cursor), isTotal } : null;
  cursor.expectEnd();
  return { ...posting, units, cost, price };
}

function acceptTagsAndLinks(cursor: TokenCursor, tags: Set<string>, links: Set<string>): boolean {
  let found = false;
  for (;;) {
    const tag = cursor.accept("tag");
    const link = tag ? null : cursor.accept("link");
    if (tag) tags.add(tag.text);
    else if (link) links.add(link.text);
    else return found;
    found = true;
  }
}
