import type { Db } from "./types.ts";
import { withTx } from "./with-tx.ts";

/**
 * Why the role that this database is used with could get past row-level security of a schema's tables: one short
 * phrase for each reason, none when the wall stands.
 */
export async function findWallFaults(db: Db, schema: string): Promise<string[]> {
  const [role] = await withTx(
    db,
    { settings: {} },
    (tx) => tx.sql<{
      name: string;
      superuser: boolean;
      bypasses: boolean;
      becomes: boolean;
      owns: boolean;
      unforced: boolean;
    }>`
      select r.rolname as name, r.rolsuper as superuser, r.rolbypassrls as bypasses,
        not r.rolsuper and exists (
          select from pg_roles other
          where other.oid <> r.oid and (other.rolsuper or other.rolbypassrls) and pg_has_role(r.oid, other.oid, 'member')
        ) as becomes,
        exists (select from pg_tables t where t.schemaname = ${schema} and pg_has_role(r.oid, t.tableowner, 'member')) as owns,
        exists (
          select from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = ${schema} and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
        ) as unforced
      from pg_roles r where r.rolname = current_user`,
    { readOnly: true },
  );
  if (role === undefined) throw new Error("the current role is not in pg_roles");
  return [
    role.superuser ? `${role.name} is a superuser` : null,
    role.bypasses ? `${role.name} has BYPASSRLS` : null,
    role.becomes ? `${role.name} is a member of a role that is a superuser or has BYPASSRLS` : null,
    role.owns ? `${role.name} owns tables of ${schema}, or is a member of their owner` : null,
    role.unforced ? `a table of ${schema} does not force row-level security` : null,
  ].filter((reason) => reason !== null);
}
