import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { listOperations, readDocument } from "../api/shared-suite/operations.ts";
import { createSampler } from "../api/shared-suite/sampler.ts";
import { type ApiProcess, startApi } from "../support/api-process.ts";
import { createTestApp } from "../support/app.ts";
import { createJudge } from "./judge.ts";
import { pageOperations } from "./pages.ts";
import { runSession, type SessionOptions } from "./session.ts";
import { Tally } from "./tally.ts";
import { WireClient } from "./wire.ts";

export interface FuzzOptions {
  readonly requests: number;
  /** A session's own seed is this one plus its number: any session can be run alone. */
  readonly seed: number;
}

export interface Memory {
  readonly requests: number;
  readonly rss: number;
  /** Of JavaScript, after a full collection. */
  readonly heap: number;
  readonly objects: number;
}

export interface FuzzReport {
  readonly tally: Tally;
  readonly operationIds: readonly string[];
  readonly memory: readonly Memory[];
  readonly lines: readonly string[];
  /** How the server ended. */
  readonly exit: number | string;
}

const sessionLength = 200;
const clients = 6;
/** A run goes on past a session's fault, for there may be faults of other kinds. */
const faultsMax = 10;
const throwsOfSession = fc.array(fc.array(fc.noBias(fc.nat({ max: 2 ** 20 })), { minLength: 48, maxLength: 48 }), {
  minLength: sessionLength,
  maxLength: sessionLength,
});

/**
 * Sends that many requests to a server process of its own, in sessions, several at once.
 * @throws where answers are not as documented: the first of each session, with how to repeat it.
 */
export async function runFuzz({ requests, seed }: FuzzOptions): Promise<FuzzReport> {
  const t = await createTestApp();
  const documented = listOperations(t.app);
  const operations = [...documented, ...pageOperations];
  const sampler = createSampler(t);
  const known = { account_id: "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10" };
  const samples = new Map(operations.map((operation) => [operation, sampler.requestOf(operation, known)]));
  const document = readDocument(t.app);
  const tally = new Tally();
  const material = { operations, schemas: document.components.schemas, samples };
  const shared = { material, judge: createJudge(document, documented), tally };
  const api = await startApi({
    cwd: tmpdir(),
    env: {
      DATABASE_URL: t.database.apiUrl,
      DATABASE_MIGRATION_URL: t.database.ownerUrl,
      SECRET_KEY: "a-secret-key-for-tests-of-at-least-32-bytes",
      API_RATE_LIMIT_REQUESTS: "1000000000",
      AUTH_RATE_LIMIT_REQUESTS: "1000000000",
      BODY_BYTES_MAX: "65536",
      BUN_OPTIONS: `--preload=${fileURLToPath(new URL("report-memory.ts", import.meta.url))}`,
    },
  });
  try {
    const memory = await sendAll(api, { requests, seed, shared });
    const exit = await api.end("SIGTERM");
    return { tally, operationIds: operations.map(({ id }) => id), memory, lines: api.lines, exit };
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}\nthe server's last lines:\n${api.lines.slice(-6).join("\n")}`,
      { cause: error },
    );
  } finally {
    await api.end("SIGKILL");
    await t.close();
  }
}

interface Sending extends FuzzOptions {
  readonly shared: Omit<SessionOptions, "wire">;
}

async function sendAll(api: ApiProcess, { requests, seed, shared }: Sending): Promise<Memory[]> {
  const count = Math.ceil(requests / sessionLength);
  const measureEvery = Math.max(1, Math.floor(count / 20));
  const memory: Memory[] = [];
  const faults: string[] = [];
  let next = 0;
  async function work(): Promise<void> {
    const wire = new WireClient(api.url);
    while (next < count && faults.length < faultsMax) {
      const session = next;
      next += 1;
      const [throws = []] = fc.sample(throwsOfSession, { seed: seed + session, numRuns: 1 });
      const length = Math.min(sessionLength, requests - session * sessionLength);
      await runSession(throws.slice(0, length), { ...shared, wire }).catch((error: unknown) => {
        const what = error instanceof Error ? error.message : String(error);
        faults.push(`FUZZ_SEED=${seed + session} FUZZ_REQUESTS=${length} repeats this:\n${what}`);
      });
      if (session % measureEvery === measureEvery - 1) memory.push(await measureMemory(api, shared.tally.requests));
    }
    wire.close();
  }
  await Promise.all(Array.from({ length: Math.min(clients, count) }, work));
  if (faults.length > 0) throw new Error(faults.join("\n\n"));
  return memory;
}

async function measureMemory(api: ApiProcess, requests: number): Promise<Memory> {
  const before = api.lines.length;
  api.child.kill("SIGUSR2");
  for (let wait = 0; wait < 500; wait += 1) {
    const line = api.lines.slice(before).find((candidate) => candidate.startsWith("memory "));
    if (line !== undefined) return { requests, ...JSON.parse(line.slice("memory ".length)) };
    await Bun.sleep(10);
  }
  throw new Error("the server does not say what memory it has");
}
