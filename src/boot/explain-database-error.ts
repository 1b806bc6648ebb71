/** Where a database is and as whom it is entered, without the password. */
interface Target {
  readonly server: string;
  readonly database: string;
  readonly role: string;
}

const byCode: Readonly<Record<string, (target: Target) => string>> = {
  ECONNREFUSED: ({ server }) => `Nothing listens at ${server}. Start PostgreSQL there, or mend host and port.`,
  ENOTFOUND: ({ server }) => `There is no host of the name in ${server}. Mend the host, or the name server's answer.`,
  CONNECT_TIMEOUT: ({ server }) => `${server} does not answer. Mend host and port, or let this machine through to it.`,
  CONNECTION_CLOSED: ({ server }) => `${server} takes connections and closes them. Is it a PostgreSQL, and is it up?`,
  "28P01": ({ role }) => `PostgreSQL does not take the password of the role ${role}. Mend user and password.`,
  "28000": ({ role, server }) => `PostgreSQL at ${server} does not let the role ${role} in. Look at its pg_hba.conf.`,
  "3D000": ({ database, role }) =>
    `There is no database ${database}. Make it: CREATE DATABASE ${database} OWNER ${role};`,
  "57P03": ({ server }) => `PostgreSQL at ${server} is starting or stopping. Try again when it is up.`,
  "53300": ({ server }) =>
    `PostgreSQL at ${server} has no connection left. Raise max_connections, or lower DB_POOL_SIZE.`,
  "42501": ({ role }) =>
    `The role ${role} may not do what is needed. Migrations run as the owner: DATABASE_MIGRATION_URL.`,
};

/**
 * What is wrong with a database that a start could not use, and what would be right, in two sentences without a secret; or null
 * where it is no fault of the kind that a configuration makes. Causes are looked through.
 */
export function explainDatabaseError(error: unknown, apiUrl: string): string | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const explain = "code" in at ? byCode[String(at.code)] : undefined;
    if (explain !== undefined) return `DATABASE_URL: ${explain(targetOf(apiUrl))}`;
  }
  return null;
}

function targetOf(url: string): Target {
  const { host, pathname, username } = new URL(url);
  return { server: host, database: decodeURIComponent(pathname.slice(1)), role: decodeURIComponent(username) };
}
