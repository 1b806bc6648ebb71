import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";

/** A minimal durable posting: an entry, its two lines and the two balances, as one function. No rule is checked. */
const schema = `
  create table accounts (id int primary key, balance numeric not null);
  create table entries (id bigint generated always as identity primary key, date date not null, memo text not null);
  create table lines (entry_id bigint not null, position smallint not null, account_id int not null, amount numeric not null,
    primary key (entry_id, position));
  insert into accounts select n, 0 from generate_series(1, 1000) as n;
  create function post(p_debit int, p_credit int, p_amount numeric) returns numeric language plpgsql as $$
  declare
    entry bigint;
    left_on numeric;
  begin
    insert into entries (date, memo) values ('2026-01-31', 'Posted') returning id into entry;
    insert into lines values (entry, 0, p_debit, p_amount), (entry, 1, p_credit, -p_amount);
    update accounts set balance = balance + case when p_debit < p_credit then p_amount else -p_amount end
      where id = least(p_debit, p_credit);
    update accounts set balance = balance + case when p_debit < p_credit then -p_amount else p_amount end
      where id = greatest(p_debit, p_credit) returning balance into left_on;
    return left_on;
  end $$;
  create function post_all(p_debits int[], p_credits int[], p_amounts numeric[]) returns void language plpgsql as $$
  declare
    ids bigint[];
  begin
    with made as (
      insert into entries (date, memo) select '2026-01-31', 'Posted' from unnest(p_debits) returning id
    ) select array_agg(id) into ids from made;
    insert into lines
      select e, 0, d, a from unnest(ids, p_debits, p_amounts) as t(e, d, a)
      union all select e, 1, c, -a from unnest(ids, p_credits, p_amounts) as t(e, c, a);
    perform from accounts where id = any (p_debits || p_credits) order by id for update;
    update accounts set balance = balance + moved.net from (
      select account, sum(amount) as net from (
        select d as account, a as amount from unnest(p_debits, p_amounts) as t(d, a)
        union all select c, -a from unnest(p_credits, p_amounts) as t(c, a)) as each group by account
    ) as moved where id = moved.account;
  end $$`;

const pair = "\\set debit random(1, 1000)\n\\set credit 1 + (:debit + random(0, 998)) % 1000\n";
const scripts = {
  pairs: `${pair}select post(:debit, :credit, 12.50);\n`,
  hot: "\\set credit random(2, 1000)\nselect post(1, :credit, 12.50);\n",
  bulk: `select post_all(d, c, a) from (
    select array_agg(d) as d, array_agg(1 + (d + r) % 1000) as c, array_agg(12.50) as a
    from (select 1 + floor(random() * 1000)::int as d, floor(random() * 999)::int as r from generate_series(1, 100)) as one
  ) as batch;\n`.replace(/\n(?=.)/g, " "),
};

export type ReferenceScript = keyof typeof scripts;

export interface Reference {
  /** Transactions a second of one script; a batch of 100 is one. */
  run(script: ReferenceScript, options: { clients: number; seconds: number }): Promise<number>;
}

/** Prepares pgbench in a database that has nothing in it. */
export async function createReference(databaseUrl: string, directory: string): Promise<Reference> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  await sql.unsafe(schema);
  await sql.end();
  for (const [name, text] of Object.entries(scripts)) await writeFile(join(directory, `${name}.sql`), text);
  return {
    async run(script, { clients, seconds }) {
      const file = join(directory, `${script}.sql`);
      const { stdout } = await promisify(execFile)("pgbench", [
        ...["-n", "-M", "prepared", "-f", file, "-c", String(clients), "-j", "2", "-T", String(seconds)],
        databaseUrl,
      ]);
      const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
      if (!(perSecond > 0)) throw new Error(`pgbench said no rate:\n${stdout}`);
      return perSecond;
    },
  };
}
