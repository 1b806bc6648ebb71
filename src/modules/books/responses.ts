import { cursorOf, type Page, parseCursor, toPage } from "../../foundation/http/pagination.ts";
import type { ApiKeyRow } from "./api-key-service.ts";
import type { InvitationRow } from "./invitation-service.ts";
import type { MemberRow } from "./member-service.ts";
import type { BookPage } from "./repository.ts";
import { idCursorSchema } from "./schemas.ts";
import type { BookRow } from "./service.ts";

export function toBookResponse(book: BookRow) {
  return { ...book, created_at: book.created_at.toISOString() };
}

export function toMemberResponse(member: MemberRow) {
  return { ...member, created_at: member.created_at.toISOString() };
}

export function toApiKeyResponse(key: ApiKeyRow) {
  return {
    ...key,
    expires_at: key.expires_at?.toISOString() ?? null,
    last_used_at: key.last_used_at?.toISOString() ?? null,
    created_at: key.created_at.toISOString(),
    revoked_at: key.revoked_at?.toISOString() ?? null,
  };
}

export function toInvitationResponse(invitation: InvitationRow, now: Date) {
  return {
    ...invitation,
    status: statusOf(invitation, now),
    expires_at: invitation.expires_at.toISOString(),
    accepted_at: invitation.accepted_at?.toISOString() ?? null,
    revoked_at: invitation.revoked_at?.toISOString() ?? null,
    created_at: invitation.created_at.toISOString(),
  };
}

function statusOf({ accepted_at, revoked_at, expires_at }: InvitationRow, now: Date) {
  if (accepted_at !== null) return "accepted" as const;
  if (revoked_at !== null) return "revoked" as const;
  return expires_at <= now ? ("expired" as const) : ("open" as const);
}

/** A list in the order of one id, bound to whose list it is. */
export interface IdList {
  readonly purpose: string;
  readonly filters: Readonly<Record<string, string>>;
}

/** One row more than asked for, as `toIdPage` needs. */
export function readPage(
  list: IdList,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
) {
  const after = cursor === undefined ? null : parseCursor(cursor, list, idCursorSchema)[0];
  return { limit: limit + 1, after } satisfies BookPage;
}

export function toIdPage<Row, Item>(
  rows: readonly Row[],
  { limit, list }: { readonly limit: number; readonly list: IdList },
  idOf: (row: Row) => string,
  toItem: (row: Row) => Item,
): Page<Item> {
  const page = toPage(rows, limit, (last) => cursorOf(list, [idOf(last)]));
  return { ...page, items: page.items.map(toItem) };
}
