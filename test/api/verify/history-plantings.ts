/** What is wrong with balances, voids, seals and periods, and what is found of it. */
import type { Sql } from "postgres";
import { type Planted, type PlantedBook, redate, voidPlain } from "./planted-book.ts";

const account = (book: PlantedBook, path: string) => String(book.accountIds.get(path));

/** Voids the plain entry, and changes its reversal. */
const onReversal = (change: (sql: Sql, reversalId: string, book: PlantedBook) => Promise<unknown>) => ({
  planting: async (sql: Sql, book: PlantedBook) => change(sql, await voidPlain(book), book),
});

/** Closes the year before the book's first entry, and moves that entry into it. */
const afterClose = (then: (book: PlantedBook, closeId: string) => Promise<unknown> = async () => undefined) => ({
  planting: async (sql: Sql, book: PlantedBook) => {
    const { body: close } = await book.post("/period-closes", { closed_through: "2023-12-31" });
    const move = { debit: "Assets:Bank", credit: "Income", commodity: "JPY" };
    const { body: entry } = await book.transfer({ date: "2024-05-05", ...move });
    await then(book, close.id);
    await redate(sql, book, entry.id, "2023-12-31");
  },
});

export const historyPlantings: Record<string, Planted> = {
  "a wrong balance": {
    planting: (sql, { bookId }) => sql`
      update ledger.account_balances set credit = credit + 0.01 where book_id = ${bookId} and commodity = 'USD' and debit > 0`,
    broken: { balances_equal_lines: 1 },
    examples: (book) => ({
      balances_equal_lines: {
        account_id: account(book, "Assets:Bank"),
        commodity: "USD",
        detail: "USD (debit, credit): kept 10.00, 0.01, of the lines 10.00, 0.",
      },
    }),
  },
  "a missing balance": {
    planting: (sql, { bookId }) => sql`
      delete from ledger.account_balances where book_id = ${bookId} and commodity = 'SEAT'`,
    broken: { balances_equal_lines: 1 },
    examples: (book) => ({
      balances_equal_lines: {
        account_id: account(book, "Assets"),
        commodity: "SEAT",
        detail: "SEAT (debit, credit): kept none, of the lines 3, 0.",
      },
    }),
  },
  "a balance of something without lines": {
    planting: (sql, book) => sql`
      insert into ledger.account_balances values (${book.bookId}, ${account(book, "Income")}, 'EUR', 1, 1)`,
    broken: { balances_equal_lines: 1 },
  },
  "a reversal that names another entry": {
    ...onReversal(
      (sql, id, { pricedId }) => sql`
      update ledger.journal_entries set voids_id = ${pricedId} where id = ${id}`,
    ),
    broken: { voids_mirror: 2 },
  },
  "a voided entry that is made to count as posted": {
    ...onReversal(
      (sql, _, { plainId }) => sql`
      update ledger.journal_entries set status = 'posted', voided_by_id = null where id = ${plainId}`,
    ),
    broken: { voids_mirror: 1 },
  },
  "a voided entry whose reversal is gone": {
    ...onReversal(async (sql, id, { bookId, plainId }) => {
      await sql`delete from ledger.lines where entry_id = ${id}`;
      await sql`delete from ledger.journal_entries where id = ${id}`;
      await sql`delete from ledger.daily_totals where book_id = ${bookId} and date = '2024-02-01'`;
      await sql`update ledger.account_balances b set debit = l.debit, credit = l.credit from (
        select account_id, sum(case side when 'debit' then amount else 0 end) as debit,
          sum(case side when 'credit' then amount else 0 end) as credit
        from ledger.lines where entry_id = ${plainId} group by 1) l
        where b.book_id = ${bookId} and b.account_id = l.account_id and b.commodity = 'USD'`;
    }),
    broken: { voids_mirror: 1 },
  },
  "a reversal that calls a line a remainder": {
    ...onReversal(async (sql, id) => {
      await sql`update ledger.lines set rounding = true where entry_id = ${id} and position = 0`;
    }),
    broken: { voids_mirror: 1 },
  },
  "a reversal of another amount": {
    ...onReversal((sql, id) => sql`update ledger.lines set amount = 9, weight = 9 where entry_id = ${id}`),
    broken: { voids_mirror: 1, totals_equal_lines: 2, balances_equal_lines: 2 },
  },
  "a reversal before the entry that it reverses": {
    ...onReversal((sql, id, book) => redate(sql, book, id, "2023-12-31")),
    broken: { voids_mirror: 1 },
  },
  "a reversal that is voided": {
    ...onReversal(
      (sql, id, { pricedId }) => sql`
      update ledger.journal_entries set status = 'voided', voided_by_id = ${pricedId} where id = ${id}`,
    ),
    broken: { voids_mirror: 1 },
  },
  "a posted entry with another memo": {
    planting: (sql, { plainId }) => sql`update ledger.journal_entries set memo = 'Changed' where id = ${plainId}`,
    sealKept: true,
    broken: { posted_unchanged: 1 },
    examples: ({ plainId }) => ({
      posted_unchanged: {
        entry_id: plainId,
        detail: "What is stored is not what was posted: the seal is another one.",
      },
    }),
  },
  "posted entries of another user and with other metadata on a line": {
    planting: async (sql, { plainId, pricedId }) => {
      await sql`update ledger.journal_entries set recorded_by = gen_random_uuid() where id = ${plainId}`;
      await sql`update ledger.lines set metadata = '{"changed": true}' where entry_id = ${pricedId} and position = 1`;
    },
    sealKept: true,
    broken: { posted_unchanged: 2 },
  },
  "a balanced change of a posted entry that totals and balances went along with": {
    planting: async (sql, { plainId, bookId }) => {
      await sql`update ledger.lines set amount = 11, weight = 11 where entry_id = ${plainId}`;
      await sql`update ledger.daily_totals set debit = sign(debit) * 11, weight_debit = sign(debit) * 11,
        credit = sign(credit) * 11, weight_credit = sign(credit) * 11 where book_id = ${bookId} and commodity = 'USD'`;
      await sql`update ledger.account_balances set debit = sign(debit) * 11, credit = sign(credit) * 11
        where book_id = ${bookId} and commodity = 'USD'`;
    },
    sealKept: true,
    broken: { posted_unchanged: 1 },
  },
  "an entry inside a period that was closed as it was recorded": {
    ...afterClose(),
    broken: { closed_periods_kept: 1 },
  },
  "an entry inside a period that was closed as it was recorded and reopened since": {
    ...afterClose((book, closeId) => book.post(`/period-closes/${closeId}/reopen`, { reason: "Late" })),
    broken: { closed_periods_kept: 1 },
  },
  "an entry inside a period that was closed as it was recorded, and is closed further since": {
    ...afterClose((book) => book.post("/period-closes", { closed_through: "2024-12-31" })),
    broken: { closed_periods_kept: 1 },
  },
};
