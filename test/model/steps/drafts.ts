import type { Dice } from "../dice.ts";
import type { Book, Entry, Line } from "../facts.ts";
import { entryOnWire } from "../on-the-wire.ts";
import { type Answered, type Outcome, preconditionOf, refused, type Write } from "../performing.ts";
import { accountOf, faultsOf } from "../reference-model.ts";
import { dayOf, entryOf, faultyEntryOf, linesOf, memos, tags } from "../vocabulary.ts";
import { answerOf, nowBy, type Proposal, record, someEntry, someTag } from "./journal.ts";

/** All that is asked of a draft. */
const unknownAccounts = (book: Book, lines: readonly Line[]) =>
  lines.flatMap((line, at) => {
    const field = line.account_id === undefined ? "account_path" : "account_id";
    return accountOf(book, line) === undefined ? [`ACCOUNT_UNKNOWN /lines/${at}/${field}`] : [];
  });

function save(proposal: Proposal): Write {
  return {
    method: "POST",
    path: "/journal-entries",
    json: { status: "draft", ...proposal },
    apply(book, answered, recorded) {
      const faults = unknownAccounts(book, proposal.lines);
      if (faults.length > 0) return refused(422, ...faults);
      return answerOf(book, 201, record(book, "draft", proposal, { id: answered.id, ...nowBy(book) }, recorded));
    },
  };
}

type Aim = { readonly id: string; readonly ifMatch: string | undefined; readonly required: boolean };

/** The draft that a write is about, or why there is none. */
function draftOf(book: Book, aim: Aim, answered: Answered): Entry | Outcome {
  const entry = book.entries.get(aim.id);
  if (entry === undefined) return refused(404, "NOT_FOUND");
  const passed = preconditionOf(book, { ...aim, answered }, entryOnWire(book, entry));
  if (passed !== null) return passed;
  return entry.status === "draft" ? entry : refused(409, "ENTRY_NOT_DRAFT");
}

type Patch = { readonly [Field in keyof Proposal]?: Proposal[Field] | undefined };

function change(aim: Aim, patch: Patch): Write {
  return {
    method: "PATCH",
    path: `/journal-entries/${aim.id}`,
    json: patch,
    ifMatch: aim.ifMatch,
    apply(book, answered, recorded) {
      const draft = draftOf(book, aim, answered);
      if (!("lines" in draft)) return draft;
      const faults = unknownAccounts(book, patch.lines ?? []);
      if (faults.length > 0) return refused(422, ...faults);
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      return answerOf(book, 200, record(book, "draft", { ...draft, ...given }, draft, recorded));
    },
  };
}

function remove(aim: Aim): Write {
  return {
    method: "DELETE",
    path: `/journal-entries/${aim.id}`,
    ifMatch: aim.ifMatch,
    apply(book, answered) {
      const draft = draftOf(book, aim, answered);
      if (!("lines" in draft)) return draft;
      book.entries.delete(aim.id);
      return { status: 204, body: null };
    },
  };
}

function post(aim: Aim): Write {
  return {
    method: "POST",
    path: `/journal-entries/${aim.id}/post`,
    ifMatch: aim.ifMatch,
    apply(book, answered, recorded) {
      const draft = draftOf(book, aim, answered);
      if (!("lines" in draft)) return draft;
      if (draft.lines.length < 2) return refused(422, "ENTRY_UNBALANCED");
      const faults = faultsOf(book, draft.date, draft.lines);
      if (faults.length > 0) return refused(422, ...faults);
      return answerOf(book, 200, record(book, "posted", draft, draft, recorded));
    },
  };
}

/** A draft that is there, or now and then an entry that is none. */
function someDraft(dice: Dice, book: Book, tagged: { readonly percent: number; readonly required: boolean }): Aim {
  const id = someEntry(dice, book, dice.chance(10) ? undefined : "draft");
  const tag = someTag(dice, book, id, tagged.percent);
  return { id, ifMatch: tag ?? (tagged.required && !dice.chance(8) ? "*" : undefined), required: tagged.required };
}

const changed = { percent: 60, required: true };

export const draftSteps: Record<string, (dice: Dice, book: Book) => Write> = {
  "save a draft": (dice, book) => save(entryOf(dice, book)),
  "save an unfinished draft": (dice, book) => {
    const draft = faultyEntryOf(dice, book);
    return save(dice.chance(50) ? { ...draft, lines: draft.lines.slice(0, 1) } : draft);
  },
  "change a draft": (dice, book) => {
    const aim = someDraft(dice, book, changed);
    const patch = dice.of<() => Patch>([
      () => ({ memo: dice.of(memos) }),
      () => ({ date: dayOf(dice), payee: null, memo: null }),
      () => ({ lines: linesOf(dice, book) }),
      () => ({ lines: faultyEntryOf(dice, book).lines }),
      () => ({ tags: [dice.of(tags)], metadata: {}, source: dice.of(["import", null]) }),
    ])();
    return change(aim, patch);
  },
  "delete a draft": (dice, book) => remove(someDraft(dice, book, changed)),
  "post a draft": (dice, book) => post(someDraft(dice, book, { percent: 40, required: false })),
};
