import { basename } from "node:path";
import type { BookedTransaction } from "../booking/booked.ts";
import { BookError } from "../syntax/fault.ts";
import { type LineContext, type PlannedLines, planLines } from "./plan-lines.ts";
import type { EntryBody } from "./plan-types.ts";
import { mergeMetadata, TEXT_LENGTH_MAX, toWireText } from "./wire-text.ts";

const LINES_MAX = 200;
const LABELS_MAX = 50;
const METADATA_BYTES_MAX = 8192;

/**
 * The journal entry of a transaction. A flag other than `*` goes to the metadata as `flag`, the line of the book as
 * `beancount_line`; a narration or payee that the API's one-line fields do not hold stands there in full as well.
 * @throws BookError where the API's bounds do not hold the transaction
 */
export function planEntry(
  { source, postings }: BookedTransaction,
  context: LineContext,
): { body: EntryBody; lines: PlannedLines } {
  const lines = planLines(postings, source.line, context);
  const count = lines.lines.length;
  if (count < 2) throw new BookError(source.line, "the API has no entries of fewer than two lines");
  if (count > LINES_MAX)
    throw new BookError(source.line, `the API has no entries of more than ${LINES_MAX} lines: ${count}`);
  const memo = toWireText(source.narration, TEXT_LENGTH_MAX.memo);
  const payee = toWireText(source.payee ?? "", TEXT_LENGTH_MAX.payee);
  const metadata = mergeMetadata<string | number>(source.metadata, {
    beancount_line: source.line,
    ...(source.flag !== "*" && { flag: source.flag }),
    ...(memo !== source.narration && { narration: source.narration }),
    ...(source.payee !== null && payee !== source.payee && { payee: source.payee }),
  });
  assertBounds([metadata, ...lines.lines.map((line) => line.metadata ?? {})], [source.tags, source.links], source.line);
  const body = {
    date: source.date,
    ...(memo !== "" && { memo }),
    ...(payee !== "" && { payee }),
    tags: source.tags,
    links: source.links,
    metadata,
    source: toWireText(`beancount ${basename(source.file)}`, TEXT_LENGTH_MAX.source),
    lines: lines.lines,
  };
  return { body, lines };
}

function assertBounds(metadata: readonly object[], labels: readonly (readonly string[])[], line: number): void {
  if (metadata.some((values) => new TextEncoder().encode(JSON.stringify(values)).length > METADATA_BYTES_MAX)) {
    throw new BookError(line, `the metadata has more than ${METADATA_BYTES_MAX} bytes`);
  }
  for (const list of labels) {
    if (list.length > LABELS_MAX) throw new BookError(line, `more than ${LABELS_MAX} tags or links`);
    const long = list.find((label) => label.length > TEXT_LENGTH_MAX.tag);
    if (long) throw new BookError(line, `a tag or link of more than ${TEXT_LENGTH_MAX.tag} characters: ${long}`);
  }
}
