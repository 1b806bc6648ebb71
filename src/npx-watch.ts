import { readFileSync } from "node:fs";

const intervalMs = 1000;

/**
 * Calls back once when the `npx` that started this process has ended. The shell that npm puts between passes no signal
 * on, so without this the API would outlive a `kill` of npx. Does nothing for any other start, nor where there is no
 * /proc to ask.
 *
 * @returns stops watching.
 */
export function onNpxEnd(callback: () => void): () => void {
  if (!/\bnpm-cli\.js$/.test(process.env["npm_execpath"] ?? "")) return () => undefined;
  const before = findStarters();
  if (before === null) return () => undefined;
  const timer = setInterval(() => {
    if (findStarters() === before) return;
    clearInterval(timer);
    callback();
  }, intervalMs);
  return () => clearInterval(timer);
}

/** npm's shell and npx, above `bun run`, which itself lives on without them. */
function findStarters(): string | null {
  const shell = findParent(process.ppid);
  return shell === null ? null : `${shell} ${findParent(shell)}`;
}

function findParent(pid: number | string): string | null {
  try {
    return /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? null;
  } catch {
    return null;
  }
}
