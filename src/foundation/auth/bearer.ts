/** What an Authorization header says, as far as bearer tokens go. */
export type BearerCredential =
  | { readonly kind: "absent" }
  | { readonly kind: "malformed" }
  | { readonly kind: "token"; readonly token: string };

const tokenPattern = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** Reads an Authorization header. One of another scheme counts as absent. @see RFC 6750, section 2.1 */
export function parseBearer(header: string | undefined): BearerCredential {
  if (header === undefined || !/^bearer(?: |$)/i.test(header)) return { kind: "absent" };
  const token = tokenPattern.exec(header)?.[1];
  return token === undefined ? { kind: "malformed" } : { kind: "token", token };
}

export interface BearerChallenge {
  readonly realm: string;
  /** Absent when the request carried no credential at all. */
  readonly error?: "invalid_token" | "insufficient_scope";
  /** What would be enough. */
  readonly scope?: string;
}

/** The value of WWW-Authenticate. @see RFC 6750, section 3 */
export function formatBearerChallenge({ realm, error, scope }: BearerChallenge): string {
  const parameters = { realm, error, scope };
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return `Bearer ${pairs.map(([name, value]) => `${name}="${value}"`).join(", ")}`;
}
