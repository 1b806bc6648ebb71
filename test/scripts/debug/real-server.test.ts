import { expect, test } from "bun:test";
import { type ApiProcess, startApi } from "../../support/api-process.ts";
import { withScratchDirectory } from "../../support/scratch-directory.ts";
import { runDebug } from "./support/run-debug.ts";

test("FT.DBG.1 a request that a real server refused is found in its log, by id, by its error body, and through errors", async () => {
  await withScratchDirectory(async (directory) => {
    const api = await startApi({ cwd: directory });
    const log = `${directory}/api.jsonl`;
    const { body, requestId } = await refused(api).finally(() => api.end("SIGTERM"));
    await Bun.write(log, `${api.lines.join("\n")}\n`);

    const byId = await runDebug(["request", requestId, "--local", log]);
    const byBody = await runDebug(["why", "--local", log], { input: body });
    const errors = await runDebug(["errors", "--json", "--local", log]);
    const sample = errors.records.find((each) => each["error_id"] === "UNAUTHENTICATED")?.["sample_trace_id"];
    const byGroup = await runDebug(["trace", String(sample), "--local", log]);
    for (const { status, out } of [byId, byBody, byGroup]) {
      expect(status).toBe(0);
      expect(out).toContain("UNAUTHENTICATED");
      expect(out).toContain(JSON.parse(body).trace_id);
    }
  });
}, 60_000);

async function refused({ url, lines }: ApiProcess): Promise<{ body: string; requestId: string }> {
  const response = await fetch(`${url}/api/v1/books`);
  const [body, requestId] = [await response.text(), response.headers.get("x-request-id") ?? ""];
  expect(response.status).toBe(401);
  for (let times = 0; times < 100 && !lines.some((line) => line.includes(requestId)); times += 1) await Bun.sleep(20);
  return { body, requestId };
}
