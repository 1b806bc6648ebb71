import { fileURLToPath } from "node:url";
import { run } from "../../../../scripts/debug/cli/program.ts";
import { withScratchDirectory } from "../../../support/scratch-directory.ts";

export const script = fileURLToPath(new URL("../../../../scripts/debug.ts", import.meta.url));

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  /** Of `--json`. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** What the directory that it runs in has in `.env`. */
  readonly dotEnv?: string;
}

/** The variables that lead to a fake. */
export const leadingTo = ({ url, apiKey }: { url: string; apiKey: string }) => ({
  SIGNOZ_URL: url,
  SIGNOZ_API_KEY: apiKey,
});

/** Runs the tool as a process of its own, in a directory of its own, with no variables but these. */
export function runDebug(args: readonly string[], { env, input, dotEnv }: RunOptions = {}): Promise<Ran> {
  return withScratchDirectory(async (directory) => {
    if (dotEnv !== undefined) await Bun.write(`${directory}/.env`, dotEnv);
    const child = Bun.spawn([process.execPath, script, ...args], {
      cwd: directory,
      env: { PATH: process.env["PATH"] ?? "", ...env },
      stdin: new Blob([input ?? ""]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { status: await child.exited, out, err, records: args.includes("--json") ? recordsOf(out) : [] };
  });
}

/** As `runDebug`, in this process: for what does not depend on one of its own. */
export async function runDebugHere(args: readonly string[], { env = {}, input }: RunOptions = {}): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await run(args, {
    out: { write: (text) => out.push(text) },
    err: { write: (text) => err.push(text) },
    env,
    readInput: async () => input ?? "",
    isInputTyped: input === undefined,
    start: ["bun", script],
    interrupted: AbortSignal.timeout(60_000),
  });
  const text = out.join("");
  return { status, out: text, err: err.join(""), records: args.includes("--json") ? recordsOf(text) : [] };
}

const recordsOf = (out: string): Ran["records"] =>
  out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
