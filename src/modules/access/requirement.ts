/** What a member may do in a book: each role all that those before it may. */
export const roles = ["viewer", "editor", "owner"] as const;
export type Role = (typeof roles)[number];

/** What an API key may do: reads, and everything else. */
export const keyScopes = ["read", "write"] as const;
export type KeyScope = (typeof keyScopes)[number];

/** Whom a route behind authentication is open to. It is declared with the route: its scope and its document are made of it. */
export interface UserAccess {
  /** What an API key needs; null where no key may at all: what only people do. */
  readonly keyScopes: readonly KeyScope[] | null;
}

/** Whom a route of one book is open to. */
export interface BookAccess extends UserAccess {
  /** The least role. An API key acts as who made it, and needs this as well. */
  readonly role: Role;
}

/** What every API key may. */
export const anyKey: UserAccess = { keyScopes: [] };
export const readingKeys: UserAccess = { keyScopes: ["read"] };
/** What only people do: accounts, sessions, books as wholes. */
export const peopleOnly: UserAccess = { keyScopes: null };

export const membersOnly: BookAccess = { role: "viewer", keyScopes: null };
export const ownersOnly: BookAccess = { role: "owner", keyScopes: null };

/** A viewer may read a book and an editor may do everything else there, unless a route says otherwise. */
export function accessByMethod(method: string): BookAccess {
  return method === "get" ? { role: "viewer", keyScopes: ["read"] } : { role: "editor", keyScopes: ["write"] };
}

/** The requirement as OpenAPI writes it: roles and scopes are what each kind of credential must have. */
export function securityOf(access: UserAccess & Partial<BookAccess>): Record<string, string[]>[] {
  const byPerson = { accessToken: access.role === undefined ? [] : [access.role] };
  return access.keyScopes === null ? [byPerson] : [byPerson, { apiKey: [...access.keyScopes] }];
}
