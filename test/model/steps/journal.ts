/** Entries that are posted at once, and entries that are voided. */
import type { Dice } from "../dice.ts";
import type { Book, Entry, Header, Line, Recorded } from "../facts.ts";
import { balancesLeft, entryOnWire } from "../on-the-wire.ts";
import { type Answered, type Outcome, preconditionOf, refused, type Write } from "../performing.ts";
import { accountOf, faultsOf } from "../reference-model.ts";
import { addDays, dayNear, dayOf, entryOf, faultyEntryOf } from "../vocabulary.ts";

export type Proposal = { readonly [Field in keyof Header]?: Header[Field] | undefined } & {
  readonly date: string;
  readonly lines: readonly Line[];
};
type Made = Pick<Entry, "created_at" | "created_by"> & {
  readonly id: string;
  readonly voids?: string | null;
  readonly why?: string | null;
};

/** Records a proposal in the model; the caller has looked for its faults. */
export function record(
  book: Book,
  status: "draft" | "posted",
  proposal: Proposal,
  made: Made,
  recorded: Recorded,
): Entry {
  const { id, voids = null, why: void_reason = null, created_at, created_by } = made;
  const {
    date,
    memo = null,
    payee = null,
    tags = [],
    links = [],
    metadata = {},
    source = null,
    closing = false,
  } = proposal;
  const lines = proposal.lines.map(({ account_path: _, ...line }, at) => {
    const named = proposal.lines[at];
    return { ...line, account_id: (named && accountOf(book, named)?.id) ?? "" };
  });
  const header = { date, memo, payee, tags, links, metadata, source, closing };
  const entry: Entry = {
    ...{ id, status, ...header, voids, void_reason, voided_by: null },
    ...{ created_at, created_by, recorded, place: book.postings, round: book.round, lines },
  };
  if (status === "posted") book.postings += 1;
  book.entries.set(id, entry);
  return entry;
}

export function answerOf(book: Book, status: number, entry: Entry): Outcome {
  const tagged = entryOnWire(book, entry);
  const balances = entry.status === "draft" ? [] : balancesLeft(book, entry);
  return { status, body: { ...tagged, balances }, tagged };
}

export const nowBy = (book: Book) => ({ created_at: book.now, created_by: book.userId });

function post(proposal: Proposal): Write {
  return {
    method: "POST",
    path: "/journal-entries",
    json: proposal,
    apply(book, answered, recorded) {
      const faults = faultsOf(book, proposal.date, proposal.lines);
      if (faults.length > 0) return refused(422, ...faults);
      return answerOf(book, 201, record(book, "posted", proposal, { id: answered.id, ...nowBy(book) }, recorded));
    },
  };
}

function bulk(entries: readonly Proposal[]): Write {
  return {
    method: "POST",
    path: "/journal-entries/bulk",
    json: { entries },
    apply(book, answered, recorded) {
      const faults = entries.flatMap(({ date, lines }, at) =>
        faultsOf(book, date, lines).map((fault) => fault.replace(" ", ` /entries/${at}`)),
      );
      if (faults.length > 0) return refused(422, ...faults);
      const items = entries.map((proposal, at) => {
        const made = { id: answered.items?.[at]?.id, ...nowBy(book) };
        const outcome = answerOf(book, 201, record(book, "posted", proposal, made, recorded));
        return "body" in outcome ? outcome.body : null;
      });
      return { status: 201, body: { items, next_cursor: null } };
    },
  };
}

function voiding(id: string, json: { readonly date: string; readonly reason: string }, ifMatch?: string): Write {
  return {
    method: "POST",
    path: `/journal-entries/${id}/void`,
    json,
    ifMatch,
    apply(book, answered: Answered, recorded) {
      const entry = book.entries.get(id);
      if (entry === undefined) return refused(404, "NOT_FOUND");
      const passed = preconditionOf(book, { ifMatch, required: false, answered }, entryOnWire(book, entry));
      if (passed !== null) return passed;
      if (entry.status === "draft") return refused(409, "ENTRY_NOT_POSTED");
      if (entry.status === "voided") return refused(409, "ENTRY_VOIDED");
      if (entry.voids !== null) return refused(409, "ENTRY_IS_REVERSAL");
      if (json.date < entry.date) return refused(422, "VOID_BEFORE_ENTRY");
      const faults = faultsOf(book, json.date, entry.lines);
      if (faults.length > 0) return refused(422, ...faults);
      const lines = entry.lines.map((line) => ({ ...line, side: line.side === "debit" ? "credit" : "debit" }) as const);
      const made = { id: answered.id, voids: id, why: json.reason, ...nowBy(book) };
      const reversal = record(book, "posted", { ...entry, date: json.date, lines }, made, recorded);
      book.entries.set(id, { ...entry, status: "voided", voided_by: answered.id });
      return answerOf(book, 201, reversal);
    },
  };
}

const missing = "0198c5a0-0000-7000-8000-00000000dead";

/** An entry of the book, or now and then one that is not there. */
export function someEntry(dice: Dice, book: Book, status?: Entry["status"]): string {
  const wanted = [...book.entries.values()].filter((entry) => status === undefined || entry.status === status);
  return wanted.length === 0 || dice.chance(3) ? missing : dice.of(wanted).id;
}

/** The newest tag that was given for an object, which may have changed since; mostly none. */
export function someTag(dice: Dice, book: Book, id: string, percent: number): string | undefined {
  if (!dice.chance(percent)) return undefined;
  const given = [...book.tags].filter(([, shown]) => shown.includes(`"id":"${id}"`)).map(([tag]) => tag);
  return given.length === 0 ? '"made-up"' : dice.of(given.toReversed());
}

export const journalSteps: Record<string, (dice: Dice, book: Book) => Write> = {
  post: (dice, book) => post(entryOf(dice, book)),
  "post around the present": (dice, book) => post(entryOf(dice, book, dayNear(dice, book))),
  "post with a fault": (dice, book) => post(faultyEntryOf(dice, book)),
  backdate(dice, book) {
    const first = [...book.entries.values()].map(({ date }) => date).sort()[0] ?? dayOf(dice);
    return post(entryOf(dice, book, addDays(first, -dice.below(3))));
  },
  bulk: (dice, book) => bulk(Array.from({ length: 1 + dice.below(3) }, () => entryOf(dice, book))),
  "bulk with a fault": (dice, book) => bulk([entryOf(dice, book), faultyEntryOf(dice, book), entryOf(dice, book)]),
  void(dice, book) {
    const id = someEntry(dice, book, "posted");
    const date = addDays(book.entries.get(id)?.date ?? dayOf(dice), dice.of([0, 1, 30, 30]));
    return voiding(id, { date, reason: "Entered twice" }, someTag(dice, book, id, 30));
  },
  "void anything": (dice, book) => {
    const id = someEntry(dice, book, dice.of(["voided", "posted", "draft", undefined] as const));
    return voiding(id, { date: dayNear(dice, book), reason: "A mistake" });
  },
};
