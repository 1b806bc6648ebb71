import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import type { Role } from "../access/index.ts";
import { revokeKeysOfUser } from "./api-key-repository.ts";
import { revokeInvitationsBy, revokeInvitationsTo } from "./invitation-repository.ts";
import {
  countOwners,
  deleteMember,
  insertMember,
  type MemberKey,
  type MemberRow,
  selectMember,
  selectMembers,
  updateMemberRole,
} from "./member-repository.ts";
import { type BookPage, lockBook } from "./repository.ts";

export type { MemberRow } from "./member-repository.ts";

/** A book's members, in the order of their ids. */
export function listMembers(tx: Tx, bookId: string, page: BookPage): Promise<MemberRow[]> {
  return selectMembers(tx, bookId, page);
}

/** @throws NOT_FOUND when no user has the address; MEMBER_EXISTS when that user is a member. */
export async function addMember(
  tx: Tx,
  input: { readonly bookId: string; readonly email: string; readonly role: Role; readonly now: Date },
): Promise<MemberRow> {
  const member = await insertMember(tx, input);
  if (member === null) throw new AppError("NOT_FOUND", { detail: "No user is registered with this email address." });
  return member;
}

/**
 * Changes a role. With ownership end the invitations that the member made and nobody has accepted.
 * @throws NOT_FOUND when the user is no member; LAST_OWNER when the book would be left without an owner.
 */
export async function changeMemberRole(
  tx: Tx,
  input: MemberKey & { readonly role: Role; readonly now: Date },
): Promise<MemberRow> {
  const member = await getMemberForChange(tx, input);
  if (input.role !== "owner") {
    await assertOwnerRemains(tx, input, member);
    await revokeInvitationsBy(tx, input);
  }
  await updateMemberRole(tx, input, input.role);
  return { ...member, role: input.role };
}

/**
 * Ends a membership, and with it the API keys that the user made for this book, which stay revoked should the user come
 * back, and the invitations that are open by the user or to its address.
 * @throws NOT_FOUND when the user is no member; LAST_OWNER when the book would be left without an owner.
 */
export async function removeMember(tx: Tx, input: MemberKey & { readonly now: Date }): Promise<void> {
  const member = await getMemberForChange(tx, input);
  await assertOwnerRemains(tx, input, member);
  // Before the membership ends: whoever accepts has the invitation's lock, and asks for the membership then.
  await revokeInvitationsBy(tx, input);
  await revokeInvitationsTo(tx, { ...input, email: member.email });
  await deleteMember(tx, input);
  await revokeKeysOfUser(tx, input);
}

async function getMemberForChange(tx: Tx, key: MemberKey): Promise<MemberRow> {
  await lockBook(tx, key.bookId);
  const member = await selectMember(tx, key);
  if (member === null) throw new AppError("NOT_FOUND", { detail: "There is no such member." });
  return member;
}

/** Counts under the book's lock, so that two owners cannot both go because each still saw the other. */
async function assertOwnerRemains(tx: Tx, { bookId }: MemberKey, member: MemberRow): Promise<void> {
  if (member.role === "owner" && (await countOwners(tx, bookId)) === 1) throw new AppError("LAST_OWNER");
}
