import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { channel } from "node:diagnostics_channel";
import { type ApiProcess, startApi } from "../../support/api-process.ts";
import { type OtlpReceiver, startReceiver } from "../../support/otlp-receiver.ts";
import { withScratchDirectory } from "../../support/scratch-directory.ts";
import { type FakeSigNoz, startFakeSigNoz } from "./support/fake-signoz.ts";
import { type DecodedRequests, fromOtlp } from "./support/from-otlp.ts";
import { leadingTo, type Ran, runDebug } from "./support/run-debug.ts";

interface Refused {
  readonly body: string;
  readonly requestId: string;
  readonly traceId: string;
}

/** Asks a server for what it refuses. */
async function refuse({ url }: ApiProcess): Promise<Refused> {
  const response = await fetch(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: "nobody@example.com", password: "wrong horse battery" }),
  });
  const [body, requestId] = [await response.text(), response.headers.get("x-request-id") ?? ""];
  expect(JSON.parse(body)).toMatchObject({ error_id: "CREDENTIALS_INVALID" });
  return { body, requestId, traceId: JSON.parse(body).trace_id };
}

/** The same answer by three ways: by id, by the error's body, and by way of the errors. */
async function expectFound(
  { body, requestId, traceId }: Refused,
  run: (args: readonly string[], input?: string) => Promise<Ran>,
): Promise<readonly Ran[]> {
  const byId = await run(["request", requestId]);
  const byBody = await run(["why"], body);
  const errors = await run(["errors", "--json"]);
  const group = errors.records.find((each) => each["error_id"] === "CREDENTIALS_INVALID");
  expect(group).toMatchObject({ route: "/api/v1/auth/login", count: 1, sample_trace_id: traceId });
  const byGroup = await run(["trace", String(group?.["sample_trace_id"])]);
  for (const { status, out, err } of [byId, byBody, byGroup]) {
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toContain(`trace ${traceId}`);
    expect(out).toContain("POST /api/v1/auth/login");
    expect(out).toContain("CREDENTIALS_INVALID");
  }
  expect(byBody.out).toEndWith(byId.out);
  expect(byGroup.out).toBe(byId.out);
  return [byId, byBody, byGroup];
}

describe("a request that a real server refused", () => {
  test("FT.DBG.1 is found in the server's own log and spans, with nothing else about", async () => {
    await withScratchDirectory(async (directory) => {
      const api = await startApi({
        cwd: directory,
        env: { OTEL_TRACES_EXPORTER: "file", TRACES_FILE: "traces.jsonl" },
      });
      const refused = await refuse(api).finally(() => api.end("SIGTERM"));
      const files = [`${directory}/api.jsonl`, `${directory}/traces.jsonl`];
      await Bun.write(files[0] ?? "", `${api.lines.join("\n")}\n`);
      await expectFound(refused, (args, input = "") => runDebug([...args, "--local", ...files], { input }));
    });
  }, 60_000);

  describe("and told SigNoz of", () => {
    let receiver: OtlpReceiver;
    let signoz: FakeSigNoz;
    let refused: Refused;
    const exported = { traces: [], logs: [], metrics: [] } as Required<{ [K in keyof DecodedRequests]: object[] }>;
    const listeners = (
      [
        ["otlp.v1.trace", exported.traces],
        ["otlp.v1.logs", exported.logs],
        ["otlp.v1.metrics", exported.metrics],
      ] as const
    ).map(([name, messages]) => ({ name, listen: (message: unknown) => void messages.push(message as object) }));

    beforeAll(async () => {
      for (const { name, listen } of listeners) channel(name).subscribe(listen);
      receiver = await startReceiver();
      await withScratchDirectory(async (directory) => {
        const api = await startApi({ cwd: directory, env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
        refused = await refuse(api).finally(() => api.end("SIGTERM"));
      });
      signoz = startFakeSigNoz();
      signoz.feed(fromOtlp(exported));
    }, 60_000);
    afterAll(async () => {
      for (const { name, listen } of listeners) channel(name).unsubscribe(listen);
      expect(signoz.faults).toEqual([]);
      await signoz.stop();
      await receiver.close();
    });

    const run = (args: readonly string[], input = ""): Promise<Ran> =>
      runDebug(args, { env: leadingTo(signoz), input });

    test("FT.DBG.1 is found there in three ways, with where to see it", async () => {
      const [byId] = await expectFound(refused, run);
      expect(byId?.out).toContain(`${signoz.url}/trace/${refused.traceId}`);
    });

    test("FT.DBG.1 its route, its metrics and its fields are there by their names", async () => {
      const slow = await run(["slow", "--json"]);
      expect(slow.records).toContainEqual(
        expect.objectContaining({ type: "route", name: "POST /api/v1/auth/login", count: 1 }),
      );
      const chart = await run(["metrics", "http.server.request.duration", "--group-by", "http.route", "--json"]);
      expect(chart.records.map(({ labels }) => labels)).toContainEqual({ "http.route": "/api/v1/auth/login" });
      const logs = await run(["logs", "--error-id", "CREDENTIALS_INVALID", "--service", "footing", "--json"]);
      expect(logs.records).toEqual([expect.objectContaining({ level: "warn", trace_id: refused.traceId })]);
      const fields = await run(["fields", "error_id"]);
      expect(fields.out.trim()).toBe("CREDENTIALS_INVALID");
      const doctor = await run(["doctor", "--json"]);
      expect(doctor.records.map(({ name, ok }) => [name, ok])).toEqual(
        ["version", "clock", "key", "traces", "logs", "metrics"].map((name) => [name, true]),
      );
    });
  });
});
