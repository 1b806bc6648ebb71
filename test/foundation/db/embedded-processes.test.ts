import { describe, expect, test } from "bun:test";
import { chmod, chown, cp, lstat, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import postgres from "postgres";
import { canReach, isRoot } from "../../../src/foundation/db/embedded/run-as.ts";
import { nobody, withScratchDirectory, withStoppedDatabase } from "../../support/scratch-directory.ts";
import { type Holder, startHolder } from "../../support/server-process.ts";

const timeoutMs = 60_000;
/** Where root has the program or its runtime in a home of its own, others cannot run it. */
const othersCanRunThis =
  isRoot() && [import.meta.dir, dirname(process.execPath)].every((directory) => canReach(directory, nobody));

async function query(url: string, text: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end();
  }
}

async function postmasterOf(dataDirectory: string): Promise<number> {
  return Number((await readFile(join(dataDirectory, "postmaster.pid"), "utf8")).split("\n")[0]);
}

/** A zombie does not run: whether an orphan is ever waited for is up to the system's first process. */
function isRunning(pid: number): boolean {
  const state = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)])
    .stdout.toString()
    .trim();
  return state !== "" && !state.startsWith("Z");
}

/** Stops whatever a test started, in the order that leaves no orphan. */
async function withHolders(work: (start: typeof startHolder) => Promise<void>): Promise<void> {
  const started: Holder[] = [];
  try {
    await work(async (...args) => {
      const holder = await startHolder(...args);
      started.push(holder);
      return holder;
    });
  } finally {
    for (const holder of started) await holder.end("SIGTERM");
  }
}

describe("the embedded PostgreSQL among processes", () => {
  test(
    "after its process was killed, the next one stops the orphan and has the same data",
    () =>
      withStoppedDatabase((directory) =>
        withHolders(async (start) => {
          const first = await start(directory);
          await query(first.report.ownerUrl, "create table kept as select 42 as answer");
          const orphan = await postmasterOf(first.report.dataDirectory);
          expect(await first.end("SIGKILL")).toBe("SIGKILL");
          expect(isRunning(orphan)).toBe(true);
          const second = await start(directory);
          expect(second.report.lines[0]).toContain(`stopped the PostgreSQL (process ${orphan})`);
          expect(await query(second.report.ownerUrl, "select answer from kept")).toEqual([{ answer: 42 }]);
          expect(isRunning(orphan)).toBe(false);
        }),
      ),
    timeoutMs,
  );

  test(
    "recovers when its process and PostgreSQL were both killed",
    () =>
      withStoppedDatabase((directory) =>
        withHolders(async (start) => {
          const first = await start(directory);
          await query(first.report.ownerUrl, "create table kept as select 42 as answer");
          const orphan = await postmasterOf(first.report.dataDirectory);
          await first.end("SIGKILL");
          process.kill(orphan, "SIGKILL");
          const second = await start(directory);
          expect(await query(second.report.ownerUrl, "select answer from kept")).toEqual([{ answer: 42 }]);
        }),
      ),
    timeoutMs,
  );

  test(
    "refuses a second process on one directory, naming the first, which is not disturbed",
    () =>
      withStoppedDatabase((directory) =>
        withHolders(async (start) => {
          const first = await start(directory);
          const second = await start(directory);
          expect(second.report.refused).toBe(
            `${directory} is in use by process ${first.pid}: stop that one first, or give this one a database of its own with DATABASE_URL`,
          );
          expect(await second.exited).toBe(1);
          expect(await query(first.report.apiUrl, "select 1 as one")).toEqual([{ one: 1 }]);
          expect(await first.end("SIGTERM")).toBe(0);
          const third = await start(directory);
          expect(third.report.refused).toBeUndefined();
        }),
      ),
    timeoutMs,
  );

  test(
    "lets one of several that start at once have the directory",
    () =>
      withScratchDirectory((directory) =>
        withHolders(async (start) => {
          const holders = await Promise.all([1, 2, 3].map(() => start(directory)));
          expect(holders.filter((holder) => holder.report.refused === undefined)).toHaveLength(1);
        }),
      ),
    timeoutMs,
  );

  test(
    "ends with its process on SIGTERM",
    () =>
      withStoppedDatabase((directory) =>
        withHolders(async (start) => {
          const holder = await start(directory);
          const pid = await postmasterOf(holder.report.dataDirectory);
          expect(await holder.end("SIGTERM")).toBe(0);
          expect(isRunning(pid)).toBe(false);
        }),
      ),
    timeoutMs,
  );
});

/** An ordinary user runs every other test as one. */
describe.skipIf(!othersCanRunThis)("the embedded PostgreSQL and users (needs root, where others may read)", () => {
  test(
    "runs as an ordinary user, whose data root can go on with",
    () =>
      withScratchDirectory((directory) =>
        withHolders(async (start) => {
          await chown(directory, nobody.uid, nobody.gid);
          await chmod(directory, 0o700);
          const own = join(directory, "own");
          const env = { ...process.env, HOME: directory };
          const ordinary = await start(own, { ...nobody, env, cwd: "/" });
          expect((await stat(ordinary.report.dataDirectory)).uid).toBe(nobody.uid);
          await query(ordinary.report.ownerUrl, "create table kept as select 42 as answer");
          await ordinary.end("SIGTERM");
          const asRoot = await start(own);
          expect(await query(asRoot.report.ownerUrl, "select answer from kept")).toEqual([{ answer: 42 }]);
          await asRoot.end("SIGTERM");
          const again = await start(own, { ...nobody, env, cwd: "/" });
          expect(again.report.refused).toBeUndefined();
        }),
      ),
    timeoutMs,
  );

  test(
    "tells an ordinary user whose the data are",
    () =>
      withStoppedDatabase((directory) =>
        withHolders(async (start) => {
          const first = await start(directory);
          await first.end("SIGTERM");
          await chmod(directory, 0o777);
          await chmod(join(directory, "lock"), 0o666);
          const ordinary = await start(directory, { ...nobody, cwd: "/" });
          expect(ordinary.report.refused).toContain("belong to user");
        }),
      ),
    timeoutMs,
  );
});

describe.skipIf(!isRoot())("the embedded PostgreSQL under root (needs root)", () => {
  test(
    "as root in a directory that nobody else may enter, keeps the data where its user can, and says where and why",
    () =>
      withScratchDirectory(
        (home) =>
          withScratchDirectory((shared) =>
            withHolders(async (start) => {
              const directory = join(home, ".footing");
              const first = await start(directory, { shared });
              const { dataDirectory, lines, ownerUrl } = first.report;
              expect(dataDirectory.startsWith(shared)).toBe(true);
              expect(lines).toEqual([
                `embedded PostgreSQL 18 keeps its data in ${dataDirectory}, because the user that PostgreSQL runs as cannot reach ${directory}`,
              ]);
              expect((await lstat(join(directory, "postgres"))).isSymbolicLink()).toBe(true);
              expect(await realpath(join(directory, "postgres"))).toBe(dataDirectory);
              await query(ownerUrl, "create table kept as select 42 as answer");
              await first.end("SIGKILL");
              const second = await start(directory, { shared });
              expect(second.report.dataDirectory).toBe(dataDirectory);
              expect(await query(second.report.ownerUrl, "select answer from kept")).toEqual([{ answer: 42 }]);
              const copy = join(home, "copy");
              await cp(directory, copy, { recursive: true, verbatimSymlinks: true });
              const third = await start(copy, { shared });
              expect(third.report.refused).toContain(`is in use by process ${second.pid}`);
              expect(((await stat(home)).mode & 0o777).toString(8)).toBe("700");
            }),
          ),
        0o700,
      ),
    timeoutMs,
  );
});
