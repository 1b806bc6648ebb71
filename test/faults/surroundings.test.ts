import { afterEach, expect, test } from "bun:test";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import type { ApiProcess } from "../support/api-process.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { withScratchDirectory } from "../support/scratch-directory.ts";
import { createLedgerLoad } from "./support/ledger-load.ts";
import { faultEnv, findFreePort, settle, startOn, untilItWorks } from "./support/load-run.ts";

const clients = 8;
/** Lines of about a kilobyte, of which 8 MiB may wait: a longer run may have some dropped. */
const logRequests = Number(process.env["FAULT_LOG_REQUESTS"] ?? 300);
const slow = 120_000;

let database: TestDatabase;
const running: { kill(signal: NodeJS.Signals): boolean }[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  await database.drop();
});

test(
  "a collector that takes connections and never answers costs no posting, and what is lost is counted",
  async () => {
    database = await createTestDatabase();
    const collector = createServer((socket) => socket.on("error", () => undefined).resume());
    const port = await new Promise<number>((resolve) => {
      collector.listen(0, "127.0.0.1", () => resolve(Number(Object(collector.address()).port)));
    });
    const api = await startOn(database, {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: "500",
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
    });
    running.push(api.child);
    const lossesSaid = () => api.lines.filter((line) => line.includes("telemetry is being lost"));
    const load = await createLedgerLoad(() => api.url, clients);
    await untilItWorks(load);
    while (lossesSaid().length === 0) await Bun.sleep(20);
    await untilItWorks(load);
    const { refused, unknown } = await settle("collector black-holed", load);
    expect([refused, unknown]).toEqual([0, 0]);
    expect(await api.end("SIGTERM")).toBe(0);
    collector.close();
    const last = parse(api.lines).find(({ message }) => message === "telemetry ends with losses");
    process.stdout.write(`collector black-holed: ${JSON.stringify(last)}\n`);
    expect(lossesSaid()).toHaveLength(1);
    for (const lost of ["lost_spans", "lost_log_records", "lost_metric_points"])
      expect(Number(last?.[lost])).toBeGreaterThan(0);
  },
  slow,
);

/** Starts the API with its standard output in a file, which a pipe would not let become full. */
async function startLoggingInto(file: string) {
  const port = await findFreePort();
  const server = join(import.meta.dir, "../../src/server.ts");
  // A limit on the length of files says EFBIG in place of a signal.
  const child: ChildProcess = spawn(
    "sh",
    ["-c", 'trap "" XFSZ; exec "$0" "$1" >> "$2"', process.execPath, server, file],
    {
      env: { ...process.env, ...faultEnv(database), PORT: String(port) },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  running.push(child);
  const exited = new Promise<number | string>((resolve) => child.on("exit", (code, by) => resolve(code ?? by ?? "")));
  const url = `http://127.0.0.1:${port}`;
  const ready = () =>
    fetch(`${url}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await ready())) await Bun.sleep(20);
  return { url, child, exited };
}

test(
  "a full device for the log costs no posting, and the process ends in order",
  async () => {
    database = await createTestDatabase();
    const { url, child, exited } = await startLoggingInto("/dev/full");
    const load = await createLedgerLoad(() => url, clients);
    await untilItWorks(load);
    const { refused, unknown } = await settle("the log's device full", load);
    expect([refused, unknown]).toEqual([0, 0]);
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
  },
  slow,
);

test(
  "a log that finds room again goes on whole, and says how many lines were dropped where too many waited",
  async () => {
    database = await createTestDatabase();
    await withScratchDirectory(async (directory) => {
      const file = join(directory, "api.jsonl");
      const { url, child, exited } = await startLoggingInto(file);
      const limitFiles = (bytes: string) => execFileSync("prlimit", ["--pid", String(child.pid), `--fsize=${bytes}:`]);
      const load = await createLedgerLoad(() => url, clients);
      await untilItWorks(load);
      limitFiles("4096");
      const path = `/${"x".repeat(600)}`;
      let asked = 0;
      const ask = async () => {
        while (asked < logRequests) {
          asked += 1;
          await (await fetch(`${url}${path}`)).arrayBuffer();
        }
      };
      await Promise.all([ask(), ask(), ask(), ask()]);
      await untilItWorks(load);
      const heldBack = (await Bun.file(file).text()).length;
      limitFiles("unlimited");
      const { refused, unknown } = await settle("the log's file full", load);
      expect([refused, unknown]).toEqual([0, 0]);
      child.kill("SIGTERM");
      expect(await exited).toBe(0);
      const lines = (await Bun.file(file).text())
        .trimEnd()
        .split("\n")
        .map((line): Line => JSON.parse(line));
      const written = lines.filter((line) => String(line["url.path"]).startsWith("/xxx")).length;
      const dropped = lines.flatMap((line) => line["dropped_lines"] ?? []).map(Number);
      process.stdout.write(
        `the log's file full: ${asked} requests, ${written} of their lines written, ${dropped} dropped\n`,
      );
      expect(heldBack).toBeLessThan(100_000);
      // Among what was dropped are lines of postings as well.
      if (dropped.length === 0) expect(written).toBe(asked);
      else expect([dropped.length, written + Number(dropped[0]) >= asked]).toEqual([1, true]);
      if (asked > 11_000) expect(dropped.length).toBe(1);
    });
  },
  slow,
);

const hourMs = 3_600_000;

test(
  "a clock that is set forwards and back costs no posting, no session and nobody's limit, and makes no time negative",
  async () => {
    database = await createTestDatabase();
    await withScratchDirectory(async (directory) => {
      const offsetFile = join(directory, "offset");
      const tracesFile = join(directory, "traces.jsonl");
      const api = await startOn(database, {
        BUN_OPTIONS: `--preload=${join(import.meta.dir, "support/stepped-clock.ts")}`,
        CLOCK_OFFSET_FILE: offsetFile,
        OTEL_TRACES_EXPORTER: "file",
        TRACES_FILE: tracesFile,
      });
      running.push(api.child);
      const load = await createLedgerLoad(() => api.url, 2);
      const credentials = { email: "ada@example.com", password: "correct horse battery staple" };
      const registered = await post(api, "register", credentials);
      expect(registered.status).toBe(201);
      for (const hours of [2, -3, 48, 0]) {
        await setClock(api, offsetFile, hours * hourMs);
        await untilItWorks(load);
        // Whoever logs in now is let in now, wherever the clock stood before.
        const login = await post(api, "login", credentials);
        expect({ hours, status: login.status }).toEqual({ hours, status: 200 });
        expect({ hours, status: await booksStatus(api, login.body.access_token) }).toEqual({ hours, status: 200 });
        // What expired by the clock is refreshed by the session.
        const status = await booksStatus(api, registered.body.access_token);
        expect({ hours, status }).toEqual({ hours, status: hours > 0 ? 401 : 200 });
      }
      // A limit counts in windows of a minute and a tenth of it, whatever the clock did within one.
      const field = (await fetch(`${api.url}/errors`)).headers.get("ratelimit") ?? "";
      expect(Number(/\b(?:reset|t)=(\d+)/.exec(field)?.[1])).toBeLessThanOrEqual(66);
      const refreshed = await post(api, "refresh", { refresh_token: registered.body.refresh_token });
      expect(refreshed.status).toBe(200);
      const { refused, unknown } = await settle("clock set 4 times", load);
      expect([refused, unknown]).toEqual([0, 0]);
      expect(await api.end("SIGTERM")).toBe(0);

      const times = parse(api.lines).flatMap((line) => [line["duration_ms"], line["db.duration_ms"]].filter(isNumber));
      expect(times.length).toBeGreaterThan(100);
      expect(times.filter((ms) => ms < 0 || ms > hourMs)).toEqual([]);
      const spans = parse((await Bun.file(tracesFile).text()).trimEnd().split("\n")).flatMap((line) => spansIn(line));
      expect(spans.length).toBeGreaterThan(100);
      expect(spans.filter((nanoseconds) => nanoseconds < 0n || nanoseconds > BigInt(hourMs) * 1_000_000n)).toEqual([]);
    });
  },
  slow,
);

test(
  "clients that go away in the middle of their requests lose nothing and get nothing twice",
  async () => {
    database = await createTestDatabase();
    const api = await startOn(database);
    running.push(api.child);
    const load = await createLedgerLoad(() => api.url, clients, { leaveAfterMs: () => Math.random() * 80 });
    while (load.left() < 60) await Bun.sleep(5);
    const { refused, unheard } = await settle(`${load.left()} clients gone`, load);
    expect(refused).toBe(0);
    // A client that goes away takes back nothing: what the server was at is done.
    expect(unheard).toBeGreaterThan(0);
    expect(await api.end("SIGTERM")).toBe(0);
  },
  slow,
);

type Line = Readonly<Record<string, unknown>>;

/** Lines of the log, apart from what else a process may say. */
function parse(lines: readonly string[]): Line[] {
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

/** How long the spans of a line of OTLP's JSON took. */
function spansIn(line: unknown): bigint[] {
  if (typeof line !== "object" || line === null) return [];
  if ("endTimeUnixNano" in line && "startTimeUnixNano" in line) {
    return [BigInt(String(line.endTimeUnixNano)) - BigInt(String(line.startTimeUnixNano))];
  }
  return Object.values(line).flatMap((inner) => spansIn(inner));
}

async function setClock(api: ApiProcess, file: string, offsetMs: number): Promise<void> {
  const before = api.lines.length;
  await Bun.write(file, String(offsetMs));
  api.child.kill("SIGUSR2");
  while (!api.lines.slice(before).includes(`clock ${offsetMs}`)) await Bun.sleep(5);
}

async function post(api: ApiProcess, path: string, json: unknown) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${api.url}/api/v1/auth/${path}`, { method: "POST", headers, body: JSON.stringify(json) });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

async function booksStatus(api: ApiProcess, token: string): Promise<number> {
  return (await fetch(`${api.url}/api/v1/books`, { headers: { Authorization: `Bearer ${token}` } })).status;
}
