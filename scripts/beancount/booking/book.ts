import type { DatedDirective, Open } from "../syntax/directives.ts";
import { collectFault, type Fault, type Unimported } from "../syntax/fault.ts";
import type { Book } from "../syntax/load-book.ts";
import { bookTransaction } from "./book-transaction.ts";
import type { BookedTransaction } from "./booked.ts";
import { Inventories } from "./inventory.ts";
import { bookPads } from "./pads.ts";
import { type BookingMethod, isBookingMethod } from "./select-lots.ts";

export interface BookedBook {
  /** Transactions in beancount's order, then what pads inserted. */
  readonly transactions: readonly BookedTransaction[];
  readonly paddingCount: number;
  readonly unimported: readonly Unimported[];
  readonly faults: readonly Fault[];
}

/** Books every transaction of a book, in order, and computes its pads. A transaction that is wrong is left out, as a fault. */
export function bookAll({ directives, options, faults: found, unimported }: Book): BookedBook {
  const faults = [...found];
  const methods = bookingMethods(directives, options.bookingMethod, faults);
  const context = {
    inventories: new Inventories(),
    methodOf: (account: string): BookingMethod => methods.get(account) ?? methods.get("") ?? "STRICT",
    options,
  };
  const booked = new Map<DatedDirective, BookedTransaction>();
  for (const directive of directives) {
    if (directive.kind !== "transaction") continue;
    const transaction = collectFault(faults, directive.file, () => bookTransaction(directive, context));
    if (transaction) booked.set(directive, transaction);
  }
  const pads = bookPads(directives, booked, options, faults);
  return {
    transactions: [...booked.values(), ...pads.transactions],
    paddingCount: pads.transactions.length,
    unimported: [...unimported, ...pads.unused.map(({ file, line }) => ({ kind: "unused pad", file, line }))],
    faults,
  };
}

/** By account; "" is the book's default. */
function bookingMethods(
  directives: readonly DatedDirective[],
  byDefault: string,
  faults: Fault[],
): Map<string, BookingMethod> {
  const methods = new Map<string, BookingMethod>();
  if (isBookingMethod(byDefault)) methods.set("", byDefault);
  else faults.push({ ...firstPosition(directives), message: `option booking_method ${byDefault} is not supported` });
  for (const open of directives.filter(isOpenWithBooking)) {
    const method = open.booking.toUpperCase();
    if (isBookingMethod(method)) methods.set(open.account, method);
    else
      faults.push({ file: open.file, line: open.line, message: `the booking method ${open.booking} is not supported` });
  }
  return methods;
}

function isOpenWithBooking(directive: DatedDirective): directive is Open & { booking: string } {
  return directive.kind === "open" && directive.booking !== null;
}

function firstPosition(directives: readonly DatedDirective[]): { file: string; line: number } {
  const [first] = directives;
  return { file: first?.file ?? "", line: 1 };
}
