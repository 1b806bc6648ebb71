import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ownEntry = fileURLToPath(new URL("../../src/server.ts", import.meta.url));

export interface ApiProcess {
  /** `http://127.0.0.1:PORT`, without a slash. */
  readonly url: string;
  readonly child: ChildProcess;
  /** What it wrote so far, both streams. */
  readonly lines: readonly string[];
  /** Sends a signal and resolves with the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | string>;
}

/**
 * Starts the API as its own process in a directory, on a free port, and resolves when it listens.
 * @throws with what it wrote, when it ends before that.
 */
export async function startApi(options: {
  cwd: string;
  env?: Readonly<Record<string, string>>;
  /** The entry file of another build than the project's own. */
  entry?: string;
  /** Another runtime, its arguments and its entry, in place of Bun and its own. */
  command?: readonly [program: string, ...args: readonly string[]];
}): Promise<ApiProcess> {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const [program, ...args] = options.command ?? [process.execPath, options.entry ?? ownEntry];
  const child = spawn(program, args, {
    cwd: options.cwd,
    // Tests register more often than people do.
    env: { ...inherited, PORT: "0", ENVIRONMENT: "development", AUTH_RATE_LIMIT_REQUESTS: "1000000", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const listening = Promise.withResolvers<string>();
  const exited = new Promise<number | string>((resolve) => {
    child.on("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) throw new Error("the process has no output");
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      const url = /listening on (http:\/\/[^/]+)\//.exec(line)?.[1];
      if (url !== undefined) listening.resolve(url);
    });
  }
  const url = await Promise.race([listening.promise, exited.then((code) => ({ code }))]);
  if (typeof url !== "string")
    throw new Error(`the API ended with ${url.code} before it listened:\n${lines.join("\n")}`);
  return {
    url,
    child,
    lines,
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}
