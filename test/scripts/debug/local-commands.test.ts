import { expect, test } from "bun:test";
import { withScratchDirectory } from "../../support/scratch-directory.ts";
import { type FakeSigNoz, startFakeSigNoz } from "./support/fake-signoz.ts";
import { leadingTo, runDebug, runDebugHere } from "./support/run-debug.ts";
import { makeRequest } from "./support/telemetry.ts";

const isoOf = (timeNs: bigint) => new Date(Number(timeNs / 1_000_000n)).toISOString();

/** The same requests, as the API's own log lines, as its spans in OTLP's JSON, and in a SigNoz. */
async function withBoth(
  work: (made: { files: string[]; fake: FakeSigNoz; failed: ReturnType<typeof makeRequest> }) => Promise<void>,
) {
  const requests = Array.from({ length: 5 }, (_, index) =>
    makeRequest({
      atMs: Date.now() - index * 60_000 - 1_000,
      route: `/r${index % 2}`,
      ...(index > 2 ? { errorId: "INTERNAL" } : {}),
    }),
  );
  const failed = requests.at(-1);
  if (failed === undefined) throw new Error("there are five");
  const fake = startFakeSigNoz();
  for (const request of requests) fake.feed(request);
  await withScratchDirectory(async (directory) => {
    const files = [`${directory}/api.jsonl`, `${directory}/spans.jsonl`];
    const lines = requests
      .flatMap(({ logs }) => logs)
      .map(({ timeNs, level, message, traceId, spanId, attributes }) => ({
        timestamp: isoOf(timeNs),
        level,
        message,
        trace_id: traceId,
        span_id: spanId,
        ...attributes,
      }));
    const anyValue = (value: unknown) => (typeof value === "number" ? { intValue: value } : { stringValue: value });
    const spans = requests
      .flatMap((request) => request.spans)
      .map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? "",
        name: span.name,
        kind: { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 }[span.kind],
        startTimeUnixNano: String(span.startNs),
        endTimeUnixNano: String(span.startNs + span.durationNs),
        status: { code: { unset: 0, ok: 1, error: 2 }[span.status] },
        attributes: Object.entries(span.attributes).map(([key, value]) => ({ key, value: anyValue(value) })),
      }));
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "footing" } }] };
    const exported = { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
    await Bun.write(files[0] ?? "", lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await Bun.write(files[1] ?? "", `${JSON.stringify(exported)}\n`);
    await work({ files, fake, failed });
  });
  await fake.stop();
}

test("FT.DBG.1 files answer trace, request, why, logs and errors as SigNoz does, without any variable", async () => {
  await withBoth(async ({ files, fake, failed }) => {
    const problem = { error_id: "INTERNAL", request_id: failed.requestId, trace_id: failed.traceId, status: 500 };
    const questions = [
      ["trace", failed.traceId],
      ["request", failed.requestId],
      ["why"],
      ["logs", "--level", "error"],
      ["logs", "--route", "/r0"],
      ["errors"],
    ];
    const input = JSON.stringify(problem);
    for (const args of questions) {
      const remote = await runDebugHere(args, { env: leadingTo(fake), input });
      const local = await runDebugHere([...args, "--local", ...files], { input });
      const withoutLink = remote.out.replace(/^http.*\n/m, "").replaceAll(/ deployment\.\S+=\S+/g, "");
      expect({ args, ...local }).toEqual({ args, ...remote, out: withoutLink });
      expect(local.status).toBe(0);
    }
    const asProcess = await runDebug(["why", "--local", ...files], { input });
    expect(asProcess).toMatchObject({ status: 0, err: "", out: expect.stringContaining("INSERT ledger.entries") });
  });
});

test("files that are not there, or have nothing of it, are named", async () => {
  await withBoth(async ({ files }) => {
    const missing = await runDebug(["logs", "--local", "nowhere.jsonl"]);
    expect(missing).toMatchObject({ status: 2, err: expect.stringContaining("nowhere.jsonl") });
    const partly = await runDebug(["errors", "--local", ...files, "later.jsonl"]);
    expect(partly).toMatchObject({ status: 0, err: "later.jsonl is not there yet\n" });
    const nothing = await runDebug(["errors", "--since", "1s", "--local", ...files]);
    expect(nothing).toMatchObject({ status: 1, out: "", err: expect.stringContaining("no error between") });
    const where = await runDebug(["logs", "--where", "a = 1", "--local", ...files]);
    expect(where).toMatchObject({ status: 2, err: expect.stringContaining("--where") });
  });
});
