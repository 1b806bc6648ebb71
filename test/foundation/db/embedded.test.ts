import { describe, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { EmbeddedDatabaseError, startEmbedded } from "../../../src/foundation/db/embedded/index.ts";
import { withScratchDirectory, withStoppedDatabase } from "../../support/scratch-directory.ts";

const settings = { fsync: "off" };
const timeoutMs = 60_000;

async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return [...(await sql.unsafe<Row[]>(text))];
  } finally {
    await sql.end();
  }
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof EmbeddedDatabaseError) return error.message;
  throw new Error("it was not refused", { cause: error });
}

const postmasterFile = (dataDirectory: string) => join(dataDirectory, "postmaster.pid");

describe("the embedded PostgreSQL", () => {
  test(
    "starts in a new directory with roles that row-level security binds",
    () =>
      withScratchDirectory(async (scratch) => {
        const lines: string[] = [];
        const directory = join(scratch, "new");
        const database = await startEmbedded({ directory, log: (line) => lines.push(line), settings });
        try {
          expect(lines).toEqual([`embedded PostgreSQL 18 keeps its data in ${join(directory, "postgres")}`]);
          const roles = await query(
            database.apiUrl,
            `select rolname as name, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin,
             pg_get_userbyid(datdba) as owner, current_user::text as me
           from pg_roles, pg_database where rolname like 'footing_%' and datname = current_database() order by 1`,
          );
          const bound = {
            rolsuper: false,
            rolbypassrls: false,
            rolcreatedb: false,
            rolcreaterole: false,
            rolcanlogin: true,
          };
          expect(roles).toEqual([
            { name: "footing_api", ...bound, owner: "footing_owner", me: "footing_api" },
            { name: "footing_owner", ...bound, owner: "footing_owner", me: "footing_api" },
          ]);
          await expect(query(database.apiUrl, "create schema mine")).rejects.toThrow("permission denied");
          await query(database.ownerUrl, "create schema mine");
        } finally {
          await database.stop();
        }
      }),
    timeoutMs,
  );

  test(
    "is UTF-8, sorts by code point, keeps UTC, and listens on loopback alone, with passwords",
    () =>
      withStoppedDatabase(async (directory) => {
        const database = await startEmbedded({ directory, log: () => undefined, settings });
        try {
          const [server] = await query(
            database.superuserUrl,
            `select current_setting('server_encoding') as encoding, current_setting('timezone') as timezone,
             current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
             'Z' < 'a' and 'z' < 'é' as by_code_point, lower('É') as lower`,
          );
          expect(server).toEqual({
            encoding: "UTF8",
            timezone: "UTC",
            addresses: "127.0.0.1",
            sockets: "",
            by_code_point: true,
            lower: "é",
          });
          const guess = new URL(database.superuserUrl);
          guess.password = "guess";
          await expect(query(guess.href, "select 1")).rejects.toThrow("password authentication failed");
          const { mode } = await stat(join(directory, "credentials.json"));
          expect((mode & 0o777).toString(8)).toBe("600");
        } finally {
          await database.stop();
        }
      }),
    timeoutMs,
  );

  test(
    "keeps its data over a restart, and leaves nothing running when it stops",
    () =>
      withStoppedDatabase(async (directory) => {
        const start = () => startEmbedded({ directory, log: () => undefined, settings });
        const first = await start();
        await query(first.ownerUrl, "create table kept as select 42 as answer");
        const pid = Number((await readFile(postmasterFile(first.dataDirectory), "utf8")).split("\n")[0]);
        const open = postgres(first.apiUrl, { max: 1, onclose: () => undefined });
        await open`select 1`;
        await first.stop();
        await first.stop();
        expect(() => process.kill(pid, 0)).toThrow("ESRCH");
        await open.end();
        const second = await start();
        try {
          expect(await query<{ answer: number }>(second.ownerUrl, "select answer from kept")).toEqual([{ answer: 42 }]);
        } finally {
          await second.stop();
        }
      }),
    timeoutMs,
  );

  test(
    "is not misled by a postmaster.pid whose process id somebody else has by now",
    () =>
      withStoppedDatabase(async (directory) => {
        const start = () => startEmbedded({ directory, log: () => undefined, settings });
        const first = await start();
        const file = await readFile(postmasterFile(first.dataDirectory), "utf8");
        await first.stop();
        // Of the same user: PostgreSQL itself sees through any other.
        const { uid, gid } = await stat(first.dataDirectory);
        const stranger = spawn("sleep", ["600"], { uid, gid, stdio: "ignore" });
        try {
          await writeFile(postmasterFile(first.dataDirectory), file.replace(/^\d+/, String(stranger.pid)));
          const second = await start();
          await second.stop();
          expect(stranger.exitCode ?? stranger.signalCode).toBe(null);
        } finally {
          stranger.kill();
        }
      }),
    timeoutMs,
  );

  test(
    "leaves another directory's PostgreSQL alone that has the process id of its own last one",
    () =>
      withStoppedDatabase((directory) =>
        withStoppedDatabase(async (otherDirectory) => {
          const log = () => undefined;
          const other = await startEmbedded({ directory: otherDirectory, log, settings });
          try {
            const file = await readFile(postmasterFile(other.dataDirectory), "utf8");
            const moved = file.replaceAll(otherDirectory, directory);
            await writeFile(postmasterFile(join(directory, "postgres")), moved);
            const database = await startEmbedded({ directory, log, settings });
            await database.stop();
            expect(await query<{ one: number }>(other.apiUrl, "select 1 as one")).toEqual([{ one: 1 }]);
          } finally {
            await other.stop();
          }
        }),
      ),
    timeoutMs,
  );

  test(
    "starts over what an interrupted first start left behind",
    () =>
      withScratchDirectory(async (directory) => {
        await mkdir(join(directory, "postgres.new"));
        await writeFile(join(directory, "postgres.new", "PG_VERSION"), "18\n");
        const database = await startEmbedded({ directory, log: () => undefined, settings });
        await database.stop();
      }),
    timeoutMs,
  );

  test(
    "says what to do about data of another version, about lost passwords, and about a port that is taken",
    () =>
      withStoppedDatabase(async (directory) => {
        const start = (port?: number) =>
          startEmbedded({ directory, log: () => undefined, settings, ...(port === undefined ? {} : { port }) });
        const { dataDirectory, stop } = await start();
        await stop();
        const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
        expect(await refusal(start(taken.port))).toContain("Address already in use");
        taken.stop(true);
        const credentials = await readFile(join(directory, "credentials.json"), "utf8");
        await Bun.file(join(directory, "credentials.json")).delete();
        expect(await refusal(start())).toContain("restore it, or remove");
        await writeFile(join(directory, "credentials.json"), credentials.replace("owner", "other"));
        expect(await refusal(start())).toContain("does not hold the three passwords");
        await writeFile(join(directory, "credentials.json"), credentials);
        await writeFile(join(dataDirectory, "PG_VERSION"), "17\n");
        expect(await refusal(start())).toContain("are of PostgreSQL 17");
      }),
    timeoutMs,
  );
});
