import type { Tx } from "../../foundation/db/index.ts";
import type { Role } from "../access/index.ts";
import type { BookPage } from "./repository.ts";

export interface MemberKey {
  readonly bookId: string;
  readonly userId: string;
}

export interface MemberRow {
  readonly user_id: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly created_at: Date;
}

export function selectMembers(tx: Tx, bookId: string, page: BookPage): Promise<MemberRow[]> {
  return tx.sql<MemberRow>`
    select m.user_id, u.email, u.name, m.role, m.created_at
    from identity.memberships m
    join identity.users u on u.id = m.user_id
    where m.book_id = ${bookId}
      and m.user_id > coalesce(${page.after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by m.user_id
    limit ${page.limit}`;
}

export async function selectMember(tx: Tx, { bookId, userId }: MemberKey): Promise<MemberRow | null> {
  const [member] = await tx.sql<MemberRow>`
    select m.user_id, u.email, u.name, m.role, m.created_at
    from identity.memberships m
    join identity.users u on u.id = m.user_id
    where m.book_id = ${bookId} and m.user_id = ${userId}`;
  return member ?? null;
}

export async function findMemberByEmail(
  tx: Tx,
  { bookId, email }: { readonly bookId: string; readonly email: string },
): Promise<MemberRow | null> {
  const [member] = await tx.sql<MemberRow>`
    select m.user_id, u.email, u.name, m.role, m.created_at
    from identity.memberships m
    join identity.users u on u.id = m.user_id
    where m.book_id = ${bookId} and u.email = ${email}`;
  return member ?? null;
}

/** Null when no user has the address. */
export async function insertMember(
  tx: Tx,
  {
    bookId,
    email,
    role,
    now,
  }: { readonly bookId: string; readonly email: string; readonly role: Role; readonly now: Date },
): Promise<MemberRow | null> {
  const [member] = await tx.sql<MemberRow>`
    with member as (
      insert into identity.memberships (book_id, user_id, role, created_at)
      select ${bookId}::uuid, id, ${role}, ${now} from identity.users where email = ${email}
      returning user_id, role, created_at
    )
    select member.user_id, u.email, u.name, member.role, member.created_at
    from member
    join identity.users u on u.id = member.user_id`;
  return member ?? null;
}

export async function updateMemberRole(tx: Tx, { bookId, userId }: MemberKey, role: Role): Promise<void> {
  await tx.sql`update identity.memberships set role = ${role} where book_id = ${bookId} and user_id = ${userId}`;
}

export async function deleteMember(tx: Tx, { bookId, userId }: MemberKey): Promise<void> {
  await tx.sql`delete from identity.memberships where book_id = ${bookId} and user_id = ${userId}`;
}

export async function countOwners(tx: Tx, bookId: string): Promise<number> {
  const [row] = await tx.sql<{ owners: number }>`
    select count(*)::int as owners from identity.memberships where book_id = ${bookId} and role = 'owner'`;
  return row?.owners ?? 0;
}
