import type { Tx } from "../../foundation/db/index.ts";

export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly created_at: Date;
}

export interface CredentialsRow extends UserRow {
  readonly password_hash: string;
  readonly password_version: number;
}

export interface NewUser {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  readonly name: string | null;
  readonly passwordHash: string;
  readonly now: Date;
}

export async function insertUser(tx: Tx, user: NewUser): Promise<UserRow> {
  await tx.sql`
    insert into identity.users (id, email, name, password_hash, created_at)
    values (${user.id}, ${user.email}, ${user.name}, ${user.passwordHash}, ${user.now})`;
  return { id: user.id, email: user.email, name: user.name, created_at: user.now };
}

export async function selectUser(tx: Tx, userId: string): Promise<UserRow | null> {
  const [user] = await tx.sql<UserRow>`select id, email, name, created_at from identity.users where id = ${userId}`;
  return user ?? null;
}

export interface LogInRow extends CredentialsRow {
  /** Whether the user logged in from the network since then. */
  readonly network_known: boolean;
}

/** `network` null: of none that is known. */
export async function selectLogIn(
  tx: Tx,
  { email, network, since }: { readonly email: string; readonly network: string | null; readonly since: Date },
): Promise<LogInRow | null> {
  const [user] = await tx.sql<LogInRow>`
    select id, email, name, created_at, password_hash, password_version,
      exists (
        select from identity.known_networks
        where user_id = users.id and network = ${network}::text and last_log_in_at > ${since}
      ) as network_known
    from identity.users where email = ${email}`;
  return user ?? null;
}

/** But for the one that is given. */
export async function deleteKnownNetworks(
  tx: Tx,
  { userId, except }: { readonly userId: string; readonly except: string | null },
): Promise<void> {
  await tx.sql`
    delete from identity.known_networks where user_id = ${userId} and network is distinct from ${except}::text`;
}

export async function selectCredentialsOf(tx: Tx, userId: string): Promise<CredentialsRow | null> {
  const [user] = await tx.sql<CredentialsRow>`
    select id, email, name, created_at, password_hash, password_version from identity.users where id = ${userId}`;
  return user ?? null;
}

/** The same password at another cost; only where the hash is still the one that was checked. */
export async function updatePasswordHash(
  tx: Tx,
  { userId, from, to }: { readonly userId: string; readonly from: string; readonly to: string },
): Promise<void> {
  await tx.sql`update identity.users set password_hash = ${to} where id = ${userId} and password_hash = ${from}`;
}

/** Another password; false where it is not the one of that version any more. */
export async function updatePassword(
  tx: Tx,
  {
    userId,
    version,
    passwordHash,
  }: { readonly userId: string; readonly version: number; readonly passwordHash: string },
): Promise<boolean> {
  const rows = await tx.sql`
    update identity.users set password_hash = ${passwordHash}, password_version = password_version + 1
    where id = ${userId} and password_version = ${version}
    returning id`;
  return rows.length > 0;
}
