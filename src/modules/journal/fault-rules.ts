import { AppError } from "../../errors.ts";
import type { ProposedLine } from "./proposal-rules.ts";
import type { LineFaultKind, LineFaults } from "./recording-repository.ts";
import type { EntryFault } from "./rules.ts";

const faultsMax = 5_000;

/** Each entry's faults in the order of its lines. Of two that say the same, the database's knows the commodity's places. */
export function mergeFaults(
  entries: readonly { readonly lines: readonly ProposedLine[] }[],
  certain: readonly (readonly EntryFault[])[],
  found: readonly LineFaults[],
): EntryFault[][] {
  const foundIn = Map.groupBy(found, (faults) => faults.entry_index);
  const nameOf = ({ pointer, error_id }: EntryFault) => `${error_id} ${pointer}`;
  return entries.map((entry, index) => {
    const exact = (foundIn.get(index) ?? []).flatMap((line) => toFaults(line, entry));
    const told = new Set(exact.map(nameOf));
    const others = (certain[index] ?? []).filter((fault) => !told.has(nameOf(fault)));
    return [...others, ...exact].sort((left, right) => left.position - right.position);
  });
}

/** Where a request has what an entry's fault is about; empty where it has nothing of the kind. */
export type PointerOf = (entryIndex: number, fault: EntryFault) => string;

/** @throws the first fault's id, with the first 5,000 faults in `errors[]`. */
export function throwFaults(faultsOf: readonly (readonly EntryFault[])[], pointerOf: PointerOf): never {
  const faults = faultsOf.flatMap((entryFaults, index) =>
    entryFaults.map((fault) => ({
      pointer: pointerOf(index, fault),
      detail: fault.detail,
      error_id: fault.error_id,
    })),
  );
  const [first] = faults;
  if (first === undefined) throw new Error("an entry was refused and no fault found");
  throw new AppError(first.error_id, {
    detail: first.pointer === "" ? first.detail : `${first.pointer}: ${first.detail}`,
    fields: faults.slice(0, faultsMax),
  });
}

const lineFaults: Readonly<
  Record<LineFaultKind, { id: EntryFault["error_id"]; field: string; detail: (fault: LineFaults) => string }>
> = {
  period_locked: {
    id: "PERIOD_LOCKED",
    field: "date",
    detail: (fault) => `the book is closed through ${fault.closed_through}`,
  },
  account_unknown: { id: "ACCOUNT_UNKNOWN", field: "account", detail: () => "the book has no such account" },
  account_inactive: {
    id: "ACCOUNT_INACTIVE",
    field: "account",
    detail: (fault) => `${fault.account_path} is inactive`,
  },
  account_not_open: {
    id: "ACCOUNT_NOT_OPEN",
    field: "account",
    detail: (fault) => `${fault.account_path} is open ${openInterval(fault)}`,
  },
  commodity_unknown: {
    id: "COMMODITY_UNKNOWN",
    field: "commodity",
    detail: (fault) => `the book has no commodity ${fault.commodity}`,
  },
  price_commodity_unknown: {
    id: "COMMODITY_UNKNOWN",
    field: "price/commodity",
    detail: (fault) => `the book has no commodity ${fault.price_commodity}`,
  },
  commodity_not_permitted: {
    id: "COMMODITY_NOT_PERMITTED",
    field: "commodity",
    detail: (fault) => `${fault.account_path} does not take ${fault.commodity}`,
  },
  amount_too_precise: {
    id: "AMOUNT_TOO_PRECISE",
    field: "amount",
    detail: (fault) => `${fault.commodity} has ${fault.places} decimal places`,
  },
  rounding_too_large: {
    id: "ROUNDING_LINE_INVALID",
    field: "amount",
    detail: (fault) => `must be smaller than one unit in decimal place ${fault.places} of ${fault.commodity}`,
  },
};

function toFaults(line: LineFaults, entry: { readonly lines: readonly ProposedLine[] }): EntryFault[] {
  const account = entry.lines[line.position]?.account_id === undefined ? "account_path" : "account_id";
  return line.kinds.map((kind) => {
    const { id, field, detail } = lineFaults[kind];
    return {
      position: line.position,
      pointer: field === "date" ? "/date" : `/lines/${line.position}/${field === "account" ? account : field}`,
      detail: detail(line),
      error_id: id,
    };
  });
}

function openInterval({ opened_on: from, closed_on: to }: LineFaults): string {
  return [from === null ? "" : `from ${from}`, to === null ? "" : `until ${to}`]
    .filter((part) => part !== "")
    .join(" ");
}
