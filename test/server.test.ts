import { expect, test } from "bun:test";
import { once } from "node:events";
import { type ApiProcess, startApi } from "./support/api-process.ts";
import { createTestDatabase, superuserUrl } from "./support/database.ts";
import { withScratchDirectory } from "./support/scratch-directory.ts";
import { talk } from "./support/talk.ts";

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
      const closed = once(api.child, "close");
      const ended = api.end("SIGTERM");
      expect((await underWay).status).toBe(201);
      expect(await ended).toBe(0);
      await closed;
      const messages = api.lines.map((line) => JSON.parse(line));
      expect(messages.filter(({ message }) => message === "request")).toHaveLength(1);
      expect(messages.at(-1)).toMatchObject({ level: "info", message: "Footing has stopped" });
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
  "answers with ids where Bun alone would not: too much of anything, and a Host that is none",
  async () => {
    await withScratchDirectory(async (directory) => {
      await withApi(directory, async (api) => {
        const get = (head: string) => talk(api.url, `GET ${head}\r\nConnection: close\r\n\r\n`);
        const login = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json";
        const fields = Array.from({ length: 180 }, (_, index) => `X-${index}: 1\r\n`).join("");
        for (const [answer, status, errorId] of [
          [await talk(api.url, `${login}\r\nContent-Length: 6000000\r\n\r\n`), 413, "BODY_TOO_LARGE"],
          [await get(`/health HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}`), 431, "HEADERS_TOO_LARGE"],
          [await get(`/health HTTP/1.1\r\nHost: x\r\n${fields}X-Last: 1`), 431, "HEADERS_TOO_LARGE"],
          [await get(`/health?${"x".repeat(17_000)} HTTP/1.1\r\nHost: x`), 414, "URI_TOO_LONG"],
          [await get("/nowhere HTTP/1.1\r\nHost: a b"), 404, "ROUTE_NOT_FOUND"],
          [await get("/nowhere HTTP/1.0"), 404, "ROUTE_NOT_FOUND"],
        ] as const) {
          expect(answer).toStartWith(`HTTP/1.1 ${status} `);
          expect(answer).toContain(`"error_id":"${errorId}"`);
          expect(answer).toMatch(/"request_id":"[^"]+","trace_id":"[0-9a-f]{32}"/);
        }
        expect(await get("/health HTTP/1.0")).toStartWith("HTTP/1.1 200 ");
        expect(await get("/bun:info HTTP/1.1\r\nHost: x")).toStartWith("HTTP/1.1 404 ");
      });
    });
  },
  slow,
);

test(
  "one Ctrl-C stops it cleanly, though the terminal and the runner both send a signal; so does a hang-up",
  async () => {
    await withScratchDirectory(async (directory) => {
      const interrupted = await startApi({ cwd: directory });
      interrupted.child.kill("SIGINT");
      expect(await interrupted.end("SIGINT")).toBe(0);
      const hungUp = await startApi({ cwd: directory });
      expect(await hungUp.end("SIGHUP")).toBe(0);
      expect(await Bun.file(`${directory}/.footing/postgres/postmaster.pid`).exists()).toBe(false);
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
