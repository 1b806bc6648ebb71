import { AppError } from "../../errors.ts";
import { createOpaqueToken, hashOpaqueToken } from "../../foundation/auth/index.ts";
import type { Tx } from "../../foundation/db/index.ts";
import {
  type InvitationRow,
  insertInvitation,
  lockInvitation,
  lockInvitationOf,
  type NewInvitation,
  revokeInvitationsTo,
  selectInvitations,
  updateInvitationAccepted,
  updateInvitationRevoked,
} from "./invitation-repository.ts";
import { findMemberByEmail, insertMember } from "./member-repository.ts";
import { type BookPage, type BookRow, lockBook, selectBooks } from "./repository.ts";
import { getBook } from "./service.ts";

export type { InvitationRow } from "./invitation-repository.ts";

/** What every invitation's token begins with, so that one in the wrong place is recognised. */
const tokenPrefix = "fti_";

/** A new token, and what is stored of it. */
export async function makeInvitationToken(): Promise<{ readonly token: string; readonly tokenHash: string }> {
  const token = createOpaqueToken(tokenPrefix);
  return { token, tokenHash: hashOpaqueToken(token) };
}

/**
 * Invites an address, registered or not. Of the book's invitations to one address the newest alone is open.
 * @throws MEMBER_EXISTS when a member has the address; NOT_FOUND when the inviter stopped being an owner meanwhile.
 */
export async function createInvitation(tx: Tx, invitation: NewInvitation): Promise<InvitationRow> {
  await lockBook(tx, invitation.bookId);
  if ((await findMemberByEmail(tx, invitation)) !== null) throw new AppError("MEMBER_EXISTS");
  await revokeInvitationsTo(tx, invitation);
  const row = await insertInvitation(tx, invitation);
  if (row === null) throw new AppError("NOT_FOUND");
  return row;
}

/** A book's invitations, whatever became of them, oldest first. */
export function listInvitations(tx: Tx, bookId: string, page: BookPage): Promise<InvitationRow[]> {
  return selectInvitations(tx, bookId, page);
}

/**
 * Revoking a revoked invitation changes nothing, nor does it harm to revoke an expired one.
 * @throws NOT_FOUND when the book has no such invitation; INVITATION_USED when it was accepted.
 */
export async function revokeInvitation(
  tx: Tx,
  input: { readonly bookId: string; readonly invitationId: string; readonly now: Date },
): Promise<void> {
  const invitation = await lockInvitationOf(tx, input);
  if (invitation === null) throw new AppError("NOT_FOUND", { detail: "There is no such invitation." });
  if (invitation.accepted_at !== null) throw new AppError("INVITATION_USED");
  await updateInvitationRevoked(tx, { id: invitation.id, now: input.now });
}

/**
 * Makes the user a member of the book that it is invited to, and gives the book. Whoever has accepted and is still a
 * member is answered as the first time.
 *
 * @throws NOT_FOUND for an unknown token; INVITATION_NOT_YOURS for another address than the user's; INVITATION_USED,
 *   INVITATION_REVOKED, INVITATION_EXPIRED; MEMBER_EXISTS when the user became a member otherwise.
 */
export async function acceptInvitation(
  tx: Tx,
  { tokenHash, userId, now }: { readonly tokenHash: string; readonly userId: string; readonly now: Date },
): Promise<BookRow> {
  const invitation = await lockInvitation(tx, { tokenHash, userId });
  if (invitation === null) throw new AppError("NOT_FOUND", { detail: "There is no such invitation." });
  if (!invitation.addressed) throw new AppError("INVITATION_NOT_YOURS");
  const { id, book_id: bookId, email, role } = invitation;
  if (invitation.accepted_at !== null) return getJoinedBook(tx, { bookId, userId });
  if (invitation.revoked_at !== null) throw new AppError("INVITATION_REVOKED");
  if (invitation.expires_at <= now) throw new AppError("INVITATION_EXPIRED");
  await insertMember(tx, { bookId, email, role, now });
  await updateInvitationAccepted(tx, { id, now });
  return getBook(tx, { bookId, userId });
}

async function getJoinedBook(
  tx: Tx,
  { bookId, userId }: { readonly bookId: string; readonly userId: string },
): Promise<BookRow> {
  const [book] = await selectBooks(tx, { userId, onlyBookId: bookId }, { limit: 1, after: null });
  if (book === undefined) throw new AppError("INVITATION_USED");
  return book;
}
