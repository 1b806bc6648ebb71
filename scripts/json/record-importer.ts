import { z } from "zod";
import { isCurrentCurrency } from "../../src/domain/currency.ts";
import { createdListSchema, createdSchema } from "../client/api-schemas.ts";
import { Batch } from "./batch.ts";
import { toAccountBody, toEntryBody, toPriceBody } from "./bodies.ts";
import type { BookWriter } from "./book-writer.ts";
import type { AccountRecord, EntryRecord, ExportRecord, PeriodCloseRecord } from "./record-schemas.ts";

/**
 * Writes the records of an export, one after another. Entries keep their order: each reversal and each draft goes after the
 * batch of those before it. What would refuse entries waits until all are in: closing accounts, making them inactive, closing
 * periods. In memory are one batch, the entries that are yet to be voided, and what waits.
 */
export class RecordImporter {
  readonly #writer: BookWriter;
  readonly #prices = new Batch();
  readonly #entries = new Batch();
  /** Ids in the file of the batch's entries, null where nothing names one. */
  #voidedInBatch: (string | null)[] = [];
  /** Ids in this book of entries that will be voided, by their ids in the file. */
  readonly #idOf = new Map<string, string>();
  readonly #retired: { readonly id: string; readonly account: AccountRecord; readonly line: number }[] = [];
  readonly #closes: { readonly close: PeriodCloseRecord; readonly line: number }[] = [];

  constructor(writer: BookWriter) {
    this.#writer = writer;
  }

  async take(item: ExportRecord): Promise<void> {
    const { line } = item;
    if (item.list === "commodities") {
      // A code that ISO 4217 has taken in since is built in.
      if (isCurrentCurrency(item.record.code)) return;
      const { name, ...body } = item.record;
      const named = name === null ? body : { ...body, name };
      await this.#writer.write({ kind: "commodities", path: "/commodities", body: named, lines: [line] }, z.unknown());
    } else if (item.list === "accounts") await this.#takeAccount(item.record, line);
    else if (item.list === "prices") {
      const body = toPriceBody(item.record);
      if (!this.#prices.hasRoomFor(body)) await this.#flushPrices();
      this.#prices.add(body, line);
    } else if (item.list === "entries") {
      await this.#flushPrices();
      await this.#takeEntry(item.record, line);
    } else if (item.record.reopened === null) this.#closes.push({ close: item.record, line });
  }

  /** Writes what still waits. */
  async finish(): Promise<void> {
    await this.#flushPrices();
    await this.#flushEntries();
    for (const { id, account, line } of this.#retired) {
      if (account.closed_on !== null) {
        const body = { closed_on: account.closed_on };
        await this.#writer.write({ kind: "closings", path: `/accounts/${id}/close`, body, lines: [line] }, z.unknown());
      }
      if (account.active) continue;
      const change = { kind: "deactivations", method: "patch", path: `/accounts/${id}`, lines: [line] } as const;
      await this.#writer.write({ ...change, body: { active: false } }, z.unknown());
    }
    await this.#closePeriods();
  }

  async #takeAccount(account: AccountRecord, line: number): Promise<void> {
    const write = { kind: "accounts", path: "/accounts", body: toAccountBody(account), lines: [line] } as const;
    const { id } = await this.#writer.write(write, createdSchema);
    if (account.closed_on !== null || !account.active) this.#retired.push({ id, account, line });
  }

  async #takeEntry(entry: EntryRecord, line: number): Promise<void> {
    const body = toEntryBody(entry);
    if (entry.status === "draft") {
      await this.#flushEntries();
      await this.#writer.write({ kind: "drafts", path: "/journal-entries", body, lines: [line] }, z.unknown());
    } else if (entry.voids !== null) {
      await this.#flushEntries();
      await this.#void(entry, entry.voids, line);
    } else {
      if (!this.#entries.hasRoomFor(body)) await this.#flushEntries();
      this.#entries.add(body, line);
      this.#voidedInBatch.push(entry.status === "voided" ? entry.id : null);
    }
  }

  async #void({ date, void_reason: reason }: EntryRecord, voids: string, line: number): Promise<void> {
    const path = `/journal-entries/${this.#idOf.get(voids)}/void`;
    await this.#writer.write({ kind: "voids", path, body: { date, reason }, lines: [line] }, z.unknown());
    this.#idOf.delete(voids);
  }

  async #flushPrices(): Promise<void> {
    const { bodies, lines } = this.#prices.take();
    if (bodies.length === 0) return;
    await this.#writer.write({ kind: "prices", path: "/prices/bulk", body: { prices: bodies }, lines }, z.unknown());
  }

  async #flushEntries(): Promise<void> {
    const { bodies, lines } = this.#entries.take();
    if (bodies.length === 0) return;
    const write = { kind: "entries", path: "/journal-entries/bulk", body: { entries: bodies }, lines } as const;
    const { items } = await this.#writer.write(write, createdListSchema);
    for (const [index, exportedId] of this.#voidedInBatch.entries()) {
      if (exportedId !== null) this.#idOf.set(exportedId, items[index]?.id ?? "");
    }
    this.#voidedInBatch = [];
  }

  /** Those that stand; their closing entries are among the entries. */
  async #closePeriods(): Promise<void> {
    for (const { close, line } of this.#closes) {
      const body = { closed_through: close.closed_through };
      await this.#writer.write({ kind: "period closes", path: "/period-closes", body, lines: [line] }, createdSchema);
    }
  }
}
