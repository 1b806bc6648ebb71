import type { Tx } from "../../foundation/db/index.ts";
import type { Role } from "../access/index.ts";
import type { BookPage } from "./repository.ts";

export interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly invited_by: string;
  readonly expires_at: Date;
  readonly accepted_at: Date | null;
  readonly revoked_at: Date | null;
  readonly created_at: Date;
}

export interface NewInvitation {
  readonly id: string;
  readonly bookId: string;
  /** In lower case. */
  readonly email: string;
  readonly role: Role;
  readonly tokenHash: string;
  readonly invitedBy: string;
  readonly expiresAt: Date;
  readonly now: Date;
}

/** Null when the inviter is not, or no longer, an owner. */
export async function insertInvitation(tx: Tx, invitation: NewInvitation): Promise<InvitationRow | null> {
  const { id, bookId, email, role, tokenHash, invitedBy, expiresAt, now } = invitation;
  const [row] = await tx.sql<InvitationRow>`
    insert into identity.invitations (id, book_id, email, role, token_hash, invited_by, expires_at, created_at)
    select ${id}::uuid, book_id, ${email}, ${role}, ${tokenHash}, user_id, ${expiresAt}::timestamptz, ${now}::timestamptz
    from identity.memberships where book_id = ${bookId} and user_id = ${invitedBy} and role = 'owner'
    returning id, email, role, invited_by, expires_at, accepted_at, revoked_at, created_at`;
  return row ?? null;
}

export function selectInvitations(tx: Tx, bookId: string, page: BookPage): Promise<InvitationRow[]> {
  return tx.sql<InvitationRow>`
    select id, email, role, invited_by, expires_at, accepted_at, revoked_at, created_at from identity.invitations
    where book_id = ${bookId} and id > coalesce(${page.after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by id
    limit ${page.limit}`;
}

export interface LockedInvitation extends InvitationRow {
  readonly book_id: string;
  /** Whether the user has the address that it was made for. */
  readonly addressed: boolean;
}

/** Locks the invitation of a token: whoever else accepts or revokes it waits, and then sees what became of it. */
export async function lockInvitation(
  tx: Tx,
  { tokenHash, userId }: { readonly tokenHash: string; readonly userId: string },
): Promise<LockedInvitation | null> {
  const [row] = await tx.sql<LockedInvitation>`
    select i.id, i.book_id, i.email, i.role, i.invited_by, i.expires_at, i.accepted_at, i.revoked_at, i.created_at,
      i.email = u.email as addressed
    from identity.invitations i
    join identity.users u on u.id = ${userId}
    where i.token_hash = ${tokenHash}
    for no key update of i`;
  return row ?? null;
}

export async function updateInvitationAccepted(
  tx: Tx,
  { id, now }: { readonly id: string; readonly now: Date },
): Promise<void> {
  await tx.sql`update identity.invitations set accepted_at = ${now} where id = ${id}`;
}

/** What there is to revoke, locked; null when the book has no such invitation. */
export async function lockInvitationOf(
  tx: Tx,
  { bookId, invitationId }: { readonly bookId: string; readonly invitationId: string },
): Promise<InvitationRow | null> {
  const [row] = await tx.sql<InvitationRow>`
    select id, email, role, invited_by, expires_at, accepted_at, revoked_at, created_at from identity.invitations
    where book_id = ${bookId} and id = ${invitationId}
    for no key update`;
  return row ?? null;
}

/** One that was revoked before keeps its date. */
export async function updateInvitationRevoked(
  tx: Tx,
  { id, now }: { readonly id: string; readonly now: Date },
): Promise<void> {
  await tx.sql`update identity.invitations set revoked_at = coalesce(revoked_at, ${now}) where id = ${id}`;
}

/** Those of a book that are for an address and not accepted. */
export async function revokeInvitationsTo(
  tx: Tx,
  { bookId, email, now }: { readonly bookId: string; readonly email: string; readonly now: Date },
): Promise<void> {
  await tx.sql`
    update identity.invitations set revoked_at = ${now}
    where book_id = ${bookId} and email = ${email} and accepted_at is null and revoked_at is null`;
}

/** Those of a book that a user has made and nobody has accepted. */
export async function revokeInvitationsBy(
  tx: Tx,
  { bookId, userId, now }: { readonly bookId: string; readonly userId: string; readonly now: Date },
): Promise<void> {
  await tx.sql`
    update identity.invitations set revoked_at = ${now}
    where book_id = ${bookId} and invited_by = ${userId} and accepted_at is null and revoked_at is null`;
}
