import { expect, test } from "bun:test";
import { type ApiProcess, startApi } from "./support/api-process.ts";
import { createTestDatabase, superuserUrl } from "./support/database.ts";
import { withScratchDirectory } from "./support/scratch-directory.ts";

const credentials = { email: "ada@example.com", password: "correct horse battery staple" };

function send(api: ApiProcess, path: string, body: unknown): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return fetch(`${api.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Runs an API over an embedded database of its own and ends it whatever happens. */
async function withApi<T>(cwd: string, work: (api: ApiProcess) => Promise<T>, env = {}): Promise<T> {
  const api = await startApi({ cwd, env });
  try {
    return await work(api);
  } finally {
    await api.end("SIGTERM");
  }
}

const slow = 60_000;

test(
  "keeps its data from one start to the next, and says in one line where",
  async () => {
    await withScratchDirectory(async (directory) => {
      await withApi(directory, async (api) => {
        expect((await send(api, "/auth/register", credentials)).status).toBe(201);
        expect(api.lines.filter((line) => line.includes("keeps its data in"))).toHaveLength(1);
      });
      await withApi(directory, async (api) => expect((await send(api, "/auth/login", credentials)).status).toBe(200));
    });
  },
  slow,
);

test(
  "finishes the requests under way on SIGTERM, ends with 0 and leaves no PostgreSQL behind",
  async () => {
    await withScratchDirectory(async (directory) => {
      const api = await startApi({ cwd: directory });
      const underWay = send(api, "/auth/register", credentials);
      await Bun.sleep(50);
      const ended = api.end("SIGTERM");
      expect((await underWay).status).toBe(201);
      expect(await ended).toBe(0);
      expect(await Bun.file(`${directory}/.footing/postgres/postmaster.pid`).exists()).toBe(false);
      expect(await fetch(api.url).catch(() => "refused")).toBe("refused");
    });
  },
  slow,
);

test(
  "starts again over what SIGKILL left behind, with what was answered before it",
  async () => {
    await withScratchDirectory(async (directory) => {
      const killed = await startApi({ cwd: directory });
      expect((await send(killed, "/auth/register", credentials)).status).toBe(201);
      expect(await killed.end("SIGKILL")).toBe("SIGKILL");
      await withApi(directory, async (api) => expect((await send(api, "/auth/login", credentials)).status).toBe(200));
    });
  },
  slow,
);

test(
  "a second API on one directory says that the first has it, and ends",
  async () => {
    await withScratchDirectory(async (directory) => {
      await withApi(directory, async (api) => {
        const second = await startApi({ cwd: directory }).catch((error: Error) => error.message);
        expect(second).toContain(`is in use by process ${api.child.pid}`);
        expect(second).toContain("ended with 1");
        expect((await fetch(`${api.url}/health`)).status).toBe(200);
      });
    });
  },
  slow,
);

test(
  "in production refuses the development key by its variable's name, and runs with one of its own",
  async () => {
    await withScratchDirectory(async (directory) => {
      const env = { ENVIRONMENT: "production" };
      const refused = await startApi({ cwd: directory, env }).catch((error: Error) => error.message);
      expect(refused).toContain("SECRET_KEY");
      await withApi(
        directory,
        async (api) => {
          expect((await fetch(`${api.url}/health`)).status).toBe(200);
          for (const line of api.lines) expect(JSON.parse(line)).toMatchObject({ message: expect.any(String) });
        },
        { ...env, SECRET_KEY: "a-production-key-of-at-least-32-bytes!" },
      );
    });
  },
  slow,
);

test("names every faulty variable at once, and starts nothing", async () => {
  await withScratchDirectory(async (directory) => {
    const env = { PORT: "http", API_RATE_LIMIT_REQUESTS: "0", DB_POLL_SIZE: "3" };
    const said = await startApi({ cwd: directory, env }).catch((error: Error) => error.message);
    for (const name of Object.keys(env)) expect(said).toContain(name);
    expect(await Bun.file(`${directory}/.footing`).exists()).toBe(false);
  });
});

test(
  "warns loudly, with the two lines that mend it, where its role could pass the wall between books",
  async () => {
    const database = await createTestDatabase();
    await withScratchDirectory(async (directory) => {
      const said = (env: Record<string, string>) => withApi(directory, async (api) => api.lines.join("\n"), env);
      const bypassing = await said({ DATABASE_URL: await superuserUrl(database.name) });
      expect(bypassing).toContain("THE WALL BETWEEN BOOKS CAN BE PASSED");
      expect(bypassing).toContain("CREATE ROLE footing_api LOGIN");
      expect(bypassing).toContain("DATABASE_MIGRATION_URL");
      const walled = await said({ DATABASE_URL: database.apiUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
      expect(walled).not.toContain("THE WALL");
    });
    await database.drop();
  },
  slow,
);
