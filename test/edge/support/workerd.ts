import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Answer } from "../../support/app.ts";
import { type SendOptions, send } from "../../support/send.ts";
import { bundleWorker } from "./bundle.ts";

export interface WorkerOptions {
  readonly variables: Readonly<Record<string, string>>;
  /** A directory, served through the ASSETS binding. */
  readonly assets?: string;
}

export interface Workerd<Name extends string> {
  /** `http://127.0.0.1:PORT`, without a slash. */
  urlOf(worker: Name): string;
  request(worker: Name, path: string, options?: SendOptions): Promise<Answer>;
  /** What the workers logged so far. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** What workerd itself had to say: a fault of the worker that no code of ours caught. */
  readonly complaints: readonly string[];
  /** Sends a signal and resolves with the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | string>;
  stop(): Promise<void>;
}

/**
 * Runs `src/worker.ts` in workerd, once for each set of options, all in one process and on free ports.
 * @throws with what it wrote, when it ends before it listens.
 */
export async function startWorkerd<Name extends string>(
  directory: string,
  workers: Readonly<Record<Name, WorkerOptions>>,
): Promise<Workerd<Name>> {
  await writeFile(join(directory, "worker.js"), (await bundleWorker()).code);
  await writeFile(join(directory, "config.capnp"), toConfig(workers));
  const { default: path } = createRequire(import.meta.url)("workerd") as { default: string };
  const child = spawn(path, ["serve", "config.capnp", "--control-fd=1"], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const logged: Readonly<Record<string, unknown>>[] = [];
  const complaints: string[] = [];
  const ports = new Map<string, number>();
  const exited = once(child, "exit") as Promise<[code: number | null, signal: string | null]>;
  const listening = new Promise<true>((resolve) => {
    onLines(child, (line) => {
      const record = parse(line);
      if (record === null) complaints.push(line);
      else if (record["event"] !== "listen") logged.push(record);
      else if (ports.set(String(record["socket"]), Number(record["port"])).size === Object.keys(workers).length) {
        resolve(true);
      }
    });
  });
  const started = await Promise.race([listening, exited.then(() => false)]);
  if (!started) throw new Error(`workerd ended before it listened:\n${complaints.join("\n")}`);
  const urlOf = (worker: Name): string => `http://127.0.0.1:${ports.get(worker)}`;
  async function end(signal: NodeJS.Signals): Promise<number | string> {
    child.kill(signal);
    const [code, ending] = await exited;
    return code ?? ending ?? "unknown";
  }
  return {
    urlOf,
    request: (worker, path, options) => send(`${urlOf(worker)}${path}`, options),
    logged,
    complaints,
    end,
    async stop() {
      await end("SIGKILL");
    },
  };
}

function onLines({ stdout, stderr }: ChildProcess, listener: (line: string) => void): void {
  if (stdout === null || stderr === null) throw new Error("workerd has no output");
  for (const input of [stdout, stderr]) createInterface({ input }).on("line", listener);
}

function parse(line: string): Readonly<Record<string, unknown>> | null {
  return line.startsWith("{") ? JSON.parse(line) : null;
}

/** @see https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp */
function toConfig(workers: Readonly<Record<string, WorkerOptions>>): string {
  const services = Object.entries(workers).flatMap(([name, { assets }]) => [
    `(name = "${name}", worker = .${name})`,
    ...(assets === undefined ? [] : [`(name = "${name}-assets", disk = (path = ${JSON.stringify(assets)}))`]),
  ]);
  const sockets = Object.keys(workers).map(
    (name) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "internet", network = (allow = ["public", "private"])), ${services.join(", ")}],
      sockets = [${sockets.join(", ")}],
    );
    ${Object.entries(workers).map(toWorker).join("\n")}`;
}

function toWorker([name, { variables, assets }]: [string, WorkerOptions]): string {
  const bindings = Object.entries(variables).map(
    ([key, value]) => `(name = "${key}", text = ${JSON.stringify(value)})`,
  );
  if (assets !== undefined) bindings.push(`(name = "ASSETS", service = "${name}-assets")`);
  return `const ${name} :Workerd.Worker = (
    modules = [(name = "worker", esModule = embed "worker.js")],
    compatibilityDate = "2026-07-01",
    compatibilityFlags = ["nodejs_compat"],
    bindings = [${bindings.join(", ")}],
  );`;
}
