import type { Sql } from "postgres";

/** More would take too long, and no history that people wrote has as many. */
const usedUpMax = 1_000_000;

/** The lowest id that a transaction can have. */
const firstId = 3;

/** Those whose rows say in which transaction they were written, or what one had seen. */
const tables = ["journal_entries", "price_versions", "period_closes"];

/**
 * Transactions' ids count within a cluster of PostgreSQL. In a database that came from another one, by a dump, they would
 * be taken for what is yet to come, or for others' transactions: they get new ones, before all of this cluster's, which
 * keep what each period's close and reopening had seen.
 *
 * Called as the owner, after migrating, by one process at a time.
 */
export async function settleInCluster(sql: Sql, log: (line: string) => void): Promise<void> {
  await sql`create table if not exists footing.cluster (
    single boolean primary key default true check (single), system_identifier text not null)`;
  const [state] = await sql<{ present: string; kept: string | null }[]>`
    select system_identifier::text as present, (select system_identifier from footing.cluster) as kept
    from pg_control_system()`;
  if (state === undefined) throw new Error("PostgreSQL did not say which cluster it is");
  const { present, kept } = state;
  if (kept === present) return;
  if (kept === null) {
    await sql`insert into footing.cluster (system_identifier) values (${present})`;
    return;
  }
  let missing = await sql.begin((tx) => renumber(tx as unknown as Sql, present));
  while (missing !== null) {
    await useUpIds(sql, missing);
    missing = await sql.begin((tx) => renumber(tx as unknown as Sql, present));
  }
  log(`the database came from another cluster of PostgreSQL (${kept}): its transactions have new ids`);
}

/** Gives how many ids this cluster has to use up first, as its own must be higher than those given; null when it is done. */
async function renumber(sql: Sql, present: string): Promise<number | null> {
  // Row-level security would hide the rows from the owner, and triggers keep what is posted.
  for (const table of tables) {
    await sql`alter table ledger.${sql(table)} no force row level security, disable trigger user`;
  }
  await orderPoints(sql);
  const [room] = await sql<{ missing: number | null }[]>`
    select nullif(greatest(${firstId} + max(place) + 1 - pg_current_xact_id()::text::numeric, 0), 0)::int as missing from point`;
  const missing = room?.missing ?? null;
  if (missing === null) {
    await writeIds(sql);
    await sql`update footing.cluster set system_identifier = ${present}`;
  }
  for (const table of tables) {
    await sql`alter table ledger.${sql(table)} force row level security, enable trigger user`;
  }
  return missing;
}

/** Within a book each snapshot saw what those before it saw. */
async function orderPoints(sql: Sql): Promise<void> {
  await sql`create temporary table point on commit drop as
    select book_id, id, of_close, seen, row_number() over (
      partition by book_id order by pg_snapshot_xmax(seen), (select count(*) from pg_snapshot_xip(seen)) desc) as place
    from (
      select book_id, id, true as of_close, knowledge as seen from ledger.period_closes
      union all
      select book_id, id, false, reopen_knowledge from ledger.period_closes where reopen_knowledge is not null
    ) as known`;
  await sql`analyze point`;
}

/** A transaction's new id is how many snapshots did not see it, and a snapshot sees those below its own place. */
async function writeIds(sql: Sql): Promise<void> {
  for (const table of ["journal_entries", "price_versions"]) {
    await sql`
      update ledger.${sql(table)} t set recorded_xid = (${firstId} + (
        select count(*) from point p
        where p.book_id = t.book_id and not pg_visible_in_snapshot(t.recorded_xid, p.seen)))::text::xid8`;
  }
  for (const [ofClose, column] of [
    [true, "knowledge"],
    [false, "reopen_knowledge"],
  ] as const) {
    await sql`
      update ledger.period_closes c set ${sql(column)} = format('%s:%s:', ${firstId} + p.place, ${firstId} + p.place)::pg_snapshot
      from point p
      where c.book_id = p.book_id and c.id = p.id and p.of_close = ${ofClose}`;
  }
}

/** A new cluster has given several hundred before anything is restored into it, so there is seldom one to use up. */
async function useUpIds(sql: Sql, count: number): Promise<void> {
  if (count > usedUpMax)
    throw new Error(`the history of the database has ${count} steps more than this cluster has ids`);
  for (let used = 0; used < count; used += 1) await sql`select pg_current_xact_id()`;
}
