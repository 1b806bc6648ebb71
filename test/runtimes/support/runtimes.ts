import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Runtime } from "../../../src/config.ts";
import { startWorkerd } from "../../edge/support/workerd.ts";
import { startApi } from "../../support/api-process.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const nodeBundle = "dist/node/server.js";

/** The API as a process on some runtime. */
export interface Running {
  /** `http://127.0.0.1:PORT`, without a slash. */
  readonly url: string;
  /** What it logged so far. */
  readonly logged: () => readonly Readonly<Record<string, unknown>>[];
  /** Sends a signal and resolves with the exit code, or the signal that ended it. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | string>;
}

export interface TestedRuntime {
  readonly name: Runtime;
  /** Its version, or why it cannot be started on this machine. */
  readonly found: { readonly version: string } | { readonly missing: string };
  /**
   * Starts the API as a user of this runtime does, on a free port, and resolves when it takes connections.
   * @throws with what it wrote, when it ends before that.
   */
  start(directory: string, env: Readonly<Record<string, string>>): Promise<Running>;
  /** What a configuration that it cannot run is answered with, where an operator looks: standard error, or the log. */
  refusal(directory: string, env: Readonly<Record<string, string>>): Promise<string>;
}

type Command = readonly [program: string, ...args: readonly string[]];

const nodeRequire = createRequire(import.meta.url);
const deno = locate("deno/install_api.cjs", ({ runInstall }: { runInstall: () => string }) => runInstall());
const workerd = locate("workerd", (module: { default: string }) => module.default);
/** As docs/operations.md has them. */
const denoFlags = [
  "--no-prompt",
  "--unstable-no-legacy-abort",
  "--allow-net",
  "--allow-env",
  "--allow-read",
  "--allow-write=.footing",
];

export const testedRuntimes: readonly TestedRuntime[] = [
  { name: "Bun", found: { version: Bun.version }, ...processOf(() => [process.execPath, `${root}src/server.ts`]) },
  {
    name: "Node",
    found: findVersion("node"),
    ...processOf(() => {
      buildForNode();
      return ["node", `${root}${nodeBundle}`];
    }),
  },
  {
    name: "Deno",
    found: findVersion(deno),
    ...processOf(() => [deno, "run", ...denoFlags, `${root}src/entries/deno.ts`]),
  },
  { name: "workerd", found: findVersion(workerd), start: startWorker, refusal: findRefusalOfWorker },
];

/** Where a package keeps its program; a name that no program has, where it is not installed for this system. */
function locate<T>(specifier: string, pathOf: (module: T) => string): string {
  try {
    return pathOf(nodeRequire(specifier) as T);
  } catch (error) {
    return `${specifier} (${error instanceof Error ? error.message.split("\n")[0] : error})`;
  }
}

function findVersion(program: string): TestedRuntime["found"] {
  const { status, stdout, error } = spawnSync(program, ["--version"], { encoding: "utf8" });
  if (status !== 0) return { missing: `${program} does not start: ${error?.message ?? `it ended with ${status}`}` };
  return { version: /[\d.-]*\d/.exec(stdout)?.[0] ?? stdout };
}

/** Every start needs the bundle; it is made once a run. */
let built = false;

function buildForNode(): void {
  if (built) return;
  built = true;
  const { status, stderr } = spawnSync(process.execPath, ["run", "build:node"], { cwd: root, encoding: "utf8" });
  if (status !== 0 || !existsSync(`${root}${nodeBundle}`)) throw new Error(`there is no bundle for Node:\n${stderr}`);
}

function processOf(commandOf: () => Command): Pick<TestedRuntime, "start" | "refusal"> {
  async function start(directory: string, env: Readonly<Record<string, string>>): Promise<Running> {
    const api = await startApi({ cwd: directory, env, command: commandOf() });
    const logged = () => api.lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    return { url: api.url, logged, end: api.end };
  }
  return {
    start,
    async refusal(directory, env) {
      const outcome = await start(directory, env).catch((error: Error) => error.message);
      if (typeof outcome === "string") return outcome;
      await outcome.end("SIGKILL");
      throw new Error("it started");
    },
  };
}

async function startWorker(directory: string, env: Readonly<Record<string, string>>): Promise<Running> {
  const worker = await startWorkerd(directory, { api: { variables: env } });
  return { url: worker.urlOf("api"), logged: () => worker.logged, end: worker.end };
}

/** workerd knows the variables with the first request; a worker that cannot run answers it, and every other, with a 500. */
async function findRefusalOfWorker(directory: string, env: Readonly<Record<string, string>>): Promise<string> {
  const worker = await startWorkerd(directory, { api: { variables: env } });
  try {
    const { status } = await worker.request("api", "/health");
    if (status !== 500) throw new Error(`it answered ${status}`);
    while (worker.logged.length === 0) await Bun.sleep(20);
    return JSON.stringify(worker.logged);
  } finally {
    await worker.stop();
  }
}
