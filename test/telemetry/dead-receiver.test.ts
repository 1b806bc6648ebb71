import { expect, test } from "bun:test";
import { startApi } from "../support/api-process.ts";
import { createTestDatabase } from "../support/database.ts";
import { withScratchDirectory } from "../support/scratch-directory.ts";
import { runClients } from "./workload.ts";

test("a process whose receiver is not there serves all the same, says so once, and ends in order", async () => {
  const database = await createTestDatabase();
  await withScratchDirectory(async (cwd) => {
    const api = await startApi({
      cwd,
      env: {
        DATABASE_URL: database.apiUrl,
        DATABASE_MIGRATION_URL: database.ownerUrl,
        // A port that nothing listens on.
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
        OTEL_EXPORTER_OTLP_TIMEOUT: "200",
        OTEL_METRIC_EXPORT_INTERVAL: "1000",
        DB_POOL_TIMEOUT_MS: "120000",
        API_RATE_LIMIT_REQUESTS: "1000000",
      },
    });
    const said = () => api.lines.filter((line) => line.includes("telemetry is being lost"));
    const sent = [...(await runClients(api, 3))];
    expect(sent.filter(({ status }) => status >= 500)).toEqual([]);
    while (said().length === 0) await Bun.sleep(20);
    for (let round = 0; round < 20; round += 1) expect((await fetch(`${api.url}/errors`)).status).toBe(200);
    expect(await api.end("SIGTERM")).toBe(0);
    expect(said()).toHaveLength(1);
    expect(JSON.parse(said()[0] ?? "null")).toMatchObject({
      level: "warn",
      reason: expect.stringContaining("no connection"),
    });
    const messages = api.lines.map((line) => JSON.parse(line).message);
    expect(messages.filter((message) => message === "request")).toHaveLength(sent.length + 20);
    expect(messages.slice(-2)).toEqual(["Footing has stopped", "telemetry ends with losses"]);
  });
  await database.drop();
}, 120_000);
