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
}

type Command = readonly [program: string, ...args: readonly string[]];

const nodeRequire = createRequire(import.meta.url);
const deno = locate("deno/install_api.cjs", ({ runInstall }: { runInstall: () => string }) => runInstall());
const workerd = locate("workerd", (module: { default: string }) => module.default);
/** As docs/operations.md has it. */
const denoArguments = ["run", "--no-prompt", "--allow-net", "--allow-env", "--allow-read", "--allow-write=.footing"];

export const testedRuntimes: readonly TestedRuntime[] = [
  { name: "Bun", found: { version: Bun.version }, start: startProcess([process.execPath, `${root}src/server.ts`]) },
  {
    name: "Node",
    found: findVersion("node", ["--version"]),
    start: (directory, env) => {
      buildForNode();
      return startProcess(["node", `${root}${nodeBundle}`])(directory, env);
    },
  },
  {
    name: "Deno",
    found: findVersion(deno, ["--version"]),
    start: startProcess([deno, ...denoArguments, `${root}src/entries/deno.ts`]),
  },
  { name: "workerd", found: findVersion(workerd, ["--version"]), start: startWorker },
];

/** Where a package keeps its program; a name that no program has, where it is not installed for this system. */
function locate<T>(specifier: string, pathOf: (module: T) => string): string {
  try {
    return pathOf(nodeRequire(specifier) as T);
  } catch (error) {
    return `${specifier} (${error instanceof Error ? error.message.split("\n")[0] : error})`;
  }
}

function findVersion(program: string, args: readonly string[]): TestedRuntime["found"] {
  const { status, stdout, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) return { missing: `${program} does not start: ${error?.message ?? `it ended with ${status}`}` };
  return { version: /[\d.-]*\d/.exec(stdout)?.[0] ?? stdout };
}

function buildForNode(): void {
  const { status, stderr } = spawnSync(process.execPath, ["run", "build:node"], { cwd: root, encoding: "utf8" });
  if (status !== 0 || !existsSync(`${root}${nodeBundle}`)) throw new Error(`there is no bundle for Node:\n${stderr}`);
}

function startProcess(command: Command): TestedRuntime["start"] {
  return async (directory, env) => {
    const api = await startApi({ cwd: directory, env, command });
    const logged = () => api.lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    return { url: api.url, logged, end: api.end };
  };
}

async function startWorker(directory: string, env: Readonly<Record<string, string>>): Promise<Running> {
  const worker = await startWorkerd(directory, { api: { variables: env } });
  return { url: worker.urlOf("api"), logged: () => worker.logged, end: worker.end };
}
