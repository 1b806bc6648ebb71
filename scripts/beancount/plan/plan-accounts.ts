import { type AccountType, parseAccountPath } from "../../../src/domain/account.ts";
import { exportedAccountOf } from "../exported/exported-account.ts";
import { isExported } from "../exported/exported-values.ts";
import type { Close, Open } from "../syntax/directives.ts";
import type { Fault, SourcePosition, Unimported } from "../syntax/fault.ts";
import type { Book } from "../syntax/load-book.ts";
import type { AccountBody, Closing, EntryBody, LineBody, Planned } from "./plan-types.ts";
import { describeMetadata, TEXT_LENGTH_MAX } from "./wire-text.ts";

/** The plugin that opens accounts on their first use. */
const AUTO_OPEN = /^plugin (?:beancount\.plugins\.)?auto(?:_accounts)?$/;

/**
 * The accounts of a book, and the rules that its entries must keep to.
 *
 * An account closes on the day of its `close`, and lines of that day stand: beancount sorts closings last within a day.
 * Metadata of an `open` becomes the account's description, as much of it as fits.
 */
export class AccountPlanner {
  readonly accounts = new Map<string, Planned<AccountBody>>();
  readonly closings = new Map<string, Planned<Closing>>();
  readonly deactivations: Planned<{ readonly path: string }>[] = [];
  readonly unimported: Unimported[] = [];
  readonly roundingAccount: string;
  readonly #book: Book;
  readonly #faults: Fault[];
  readonly #opensItself: boolean;

  constructor(book: Book, faults: Fault[]) {
    this.#book = book;
    this.#faults = faults;
    this.#opensItself = book.unimported.some(({ kind }) => AUTO_OPEN.test(kind));
    this.roundingAccount = `${book.options.roots.equity}:Rounding`.normalize("NFC");
    for (const directive of book.directives) {
      if (directive.kind === "open") this.#open(directive);
      else if (directive.kind === "close") this.#close(directive);
    }
  }

  /** Faults an entry whose lines the accounts do not take. The rounding account opens itself. */
  checkEntry({ date, lines }: EntryBody, position: SourcePosition): void {
    for (const { account_path, commodity } of lines) {
      const account = this.#accountFor(account_path, position)?.body;
      if (!account) continue;
      const closedOn = this.closings.get(account_path)?.body.closed_on;
      if (account.opened_on !== undefined && date < account.opened_on) {
        this.#fault(position, `${account_path} opens only on ${account.opened_on}`);
      }
      if (closedOn !== undefined && date > closedOn) this.#fault(position, `${account_path} was closed on ${closedOn}`);
      this.#checkCommodity(account, commodity, position);
    }
  }

  /** Faults an assertion about an account that there is not, or in a commodity that it cannot hold. */
  checkAsserted(path: string, commodity: string, position: SourcePosition): void {
    const account = this.#accountFor(path, position);
    if (account) this.#checkCommodity(account.body, commodity, position);
  }

  #open(open: Open): void {
    const path = open.account.normalize("NFC");
    if (this.accounts.has(path)) {
      this.#fault(open, `${path} is opened twice`);
      return;
    }
    if (isExported(open.metadata)) {
      this.#openExported(path, open);
      return;
    }
    const { text, leftOut } = describeMetadata(open.metadata, TEXT_LENGTH_MAX.description);
    const { file, line } = open;
    for (let count = 0; count < leftOut; count++) this.unimported.push({ kind: "open metadata", file, line });
    this.#add(path, open, {
      ...(open.currencies.length > 0 && { commodities: [...new Set(open.currencies)] }),
      ...(text !== "" && { description: text }),
      opened_on: open.date,
    });
  }

  #openExported(path: string, open: Open): void {
    const { fields, type, isActive } = exportedAccountOf(open);
    this.#add(path, open, fields, type);
    if (!isActive) this.deactivations.push({ file: open.file, line: open.line, body: { path } });
  }

  #close(close: Close): void {
    const path = close.account.normalize("NFC");
    if (this.closings.has(path)) {
      this.#fault(close, `${path} is closed twice`);
      return;
    }
    const account = this.#accountFor(path, close);
    if (account?.body.opened_on !== undefined && close.date < account.body.opened_on) {
      this.#fault(close, `${path} is closed before it is opened`);
    }
    this.closings.set(path, { file: close.file, line: close.line, body: { path, closed_on: close.date } });
    for (const key of isExported(close.metadata) ? [] : Object.keys(close.metadata)) {
      this.unimported.push({ kind: `close metadata ${key}`, file: close.file, line: close.line });
    }
  }

  #accountFor(path: string, position: SourcePosition): Planned<AccountBody> | null {
    const known = this.accounts.get(path);
    if (known) return known;
    if (path === this.roundingAccount || this.#opensItself) return this.#add(path, position, {});
    this.#fault(position, `${path} is not opened`);
    return null;
  }

  #add(
    path: string,
    { file, line }: SourcePosition,
    rest: Omit<AccountBody, "path" | "type">,
    known: AccountType | null = null,
  ): Planned<AccountBody> | null {
    const type = known ?? this.#typeOf(path);
    if (type === null) {
      this.#fault(
        { file, line },
        `${path} is under none of the five roots ${Object.values(this.#book.options.roots).join(", ")}`,
      );
      return null;
    }
    if (parseAccountPath(path) !== path) this.#fault({ file, line }, `${path} cannot be an account's path in the API`);
    const planned = { file, line, body: { path, type, ...rest } };
    this.accounts.set(path, planned);
    return planned;
  }

  #typeOf(path: string): AccountType | null {
    const { roots } = this.#book.options;
    const root = path.split(":")[0];
    for (const type of ["asset", "liability", "equity", "income", "expense"] as const) {
      if (roots[type].normalize("NFC") === root) return type;
    }
    return null;
  }

  #checkCommodity(
    { path, commodities }: AccountBody,
    commodity: LineBody["commodity"],
    position: SourcePosition,
  ): void {
    if (!commodities || commodities.includes(commodity)) return;
    this.#fault(position, `${path} takes ${commodities.join(", ")} only, not ${commodity}`);
  }

  #fault({ file, line }: SourcePosition, message: string): void {
    this.#faults.push({ file, line, message });
  }
}
