import { expect, test } from "bun:test";
import { join } from "node:path";
import { createLocalSource } from "../../../scripts/debug/local/local-source.ts";
import { MADE_FROM } from "../../../scripts/debug/made-from.ts";
import { renderWaterfall } from "../../../scripts/debug/render/waterfall/render-waterfall.ts";
import { startApi } from "../../support/api-process.ts";
import { withScratchDirectory } from "../../support/scratch-directory.ts";

test(
  "what the API itself wrote answers for a request that failed: its trace, its lines, its error",
  () =>
    withScratchDirectory(async (directory) => {
      const startMs = Date.now();
      const api = await startApi({ cwd: directory, env: { OTEL_TRACES_EXPORTER: "file" } });
      const answer = await fetch(`${api.url}/api/v1/auth/login`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Request-ID": "the-one" },
        body: JSON.stringify({ email: "nobody@example.com", password: "correct horse battery staple" }),
      });
      const problem = (await answer.json()) as { error_id: string; trace_id: string };
      expect(answer.status).toBe(401);
      expect(await api.end("SIGTERM")).toBe(0);

      const log = join(directory, "api.log");
      await Bun.write(log, `${api.lines.join("\n")}\n`);
      const spans = join(directory, ".footing", "traces.jsonl");
      const range = { sinceMs: startMs - 1_000, untilMs: Date.now() + 1_000 };
      for (const paths of [[log, spans], [log]]) {
        const source = createLocalSource(paths);
        expect(await source.findTraceIdOfRequest("the-one", range)).toBe(problem.trace_id);
        const trace = await source.findTrace(problem.trace_id, range);
        const server = trace?.spans.filter(({ kind }) => kind === "server") ?? [];
        expect(server.map(({ name, spanId, serviceName }) => [name, spanId, serviceName])).toEqual([
          ["POST /api/v1/auth/login", trace?.logs.at(-1)?.spanId ?? "none", "footing"],
        ]);
        expect(server[0]?.attributes[MADE_FROM]).toBe(paths.includes(spans) ? undefined : "request line");
        const lines = renderWaterfall(trace ?? { traceId: "", spans: [], logs: [] }, { width: 120, colour: false });
        expect(lines.filter((line) => line.includes("POST /api/v1/auth/login"))).toHaveLength(1);
        expect(lines.some((line) => line.includes("WARN  request") && line.includes(problem.error_id))).toBe(true);
        const errors = await source.listErrors(range, "footing");
        expect(errors.map(({ errorId, count, sampleTraceId }) => [errorId, count, sampleTraceId])).toEqual([
          [problem.error_id, 1, problem.trace_id],
        ]);
        expect(source.notes()).toEqual([]);
      }
    }),
  60_000,
);
