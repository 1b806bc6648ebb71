import type { Hono } from "hono";

/** What the bench asks of a server under measure, over the process's own channel. */
export type Question = "cpu" | "stop";

/** Answers of a server: the port it listens on, and the CPU it has used until now. */
export type Report = { readonly port: number } | { readonly cpuMs: number };

/** What the servers measured against each other serve, so that what differs is the chain. */
export const benchPath = "/bench/:id";
export const benchBody = (id: string) => ({ id, name: "a small answer", amount: "12.50", posted: true });

/**
 * Listens on a free port and answers the bench's questions: its CPU time as the operating system has accounted it
 * (`getrusage`), told once everything that it has to export has left, so that export is part of the cost.
 */
export function serve(app: Pick<Hono, "fetch">, flush: () => Promise<void>): void {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => app.fetch(request) });
  process.on("message", async (question: Question) => {
    await flush();
    if (question === "stop") process.exit(0);
    const { user, system } = process.cpuUsage();
    report({ cpuMs: (user + system) / 1000 });
  });
  report({ port: server.port ?? 0 });
}

function report(report: Report): void {
  process.send?.(report);
}
