import { expect, test } from "bun:test";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { createLocalSource } from "../../../scripts/debug/local/local-source.ts";
import {
  createFileExporter,
  type FileExporterOptions,
  type SpanFile,
} from "../../../src/foundation/telemetry/file-exporter.ts";
import { createSpanFile } from "../../../src/foundation/telemetry/span-file.ts";
import { withScratchDirectory } from "../../support/scratch-directory.ts";

const always = { sinceMs: 0, untilMs: 8.64e15 };

/** Ended spans, a request with its statements. */
function makeSpans(statements: number) {
  const memory = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] });
  const tracer = provider.getTracer("test");
  const request = tracer.startSpan("GET /things", {
    kind: SpanKind.SERVER,
    attributes: { "http.route": "/things", n: 3, d: 0.5, b: true },
  });
  for (let index = 0; index < statements; index += 1)
    tracer.startSpan(`SELECT ${index}`, { kind: SpanKind.CLIENT, attributes: { tags: ["a", "b"] } }).end();
  request.recordException(new Error("a\nb"));
  request.setStatus({ code: SpanStatusCode.ERROR, message: "no" });
  request.end();
  return memory.getFinishedSpans();
}

function recordingReporter() {
  const said: string[] = [];
  return {
    said,
    warn: (message: string) => void said.push(message),
    info: (message: string) => void said.push(message),
  };
}

function makeExporter(file: SpanFile, options: Partial<FileExporterOptions> = {}) {
  const reporter = recordingReporter();
  return {
    reporter,
    exporter: createFileExporter({ file, codec: JsonTraceSerializer, bytesMax: 1e9, reporter, ...options }),
  };
}

test("spans that were written to a file are read back as they were, by whoever reads OTLP's JSON", () =>
  withScratchDirectory(async (directory) => {
    const path = join(directory, "made", "traces.jsonl");
    const { exporter, reporter } = makeExporter(createSpanFile(path));
    const spans = makeSpans(2);
    await exporter.export(spans);
    const [request] = spans.filter(({ name }) => name === "GET /things");
    const { traceId = "", spanId = "" } = request?.spanContext() ?? {};
    const trace = await createLocalSource([path]).findTrace(traceId, always);
    expect(trace?.spans).toHaveLength(1);
    expect(trace?.spans[0]).toMatchObject({
      spanId,
      parentSpanId: null,
      name: "GET /things",
      kind: "server",
      status: "error",
      statusMessage: "no",
      attributes: { "http.route": "/things", n: 3, d: 0.5, b: true },
      events: [{ name: "exception", attributes: { "exception.message": "a\nb" } }],
    });
    const [seconds = 0, ns = 0] = request?.startTime ?? [];
    expect(trace?.spans[0]?.startNs).toBe(BigInt(seconds) * 1_000_000_000n + BigInt(ns));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(reporter.said).toEqual([]);
  }));

test("no line has more spans than a reader holds at once, and none is missing", () =>
  withScratchDirectory(async (directory) => {
    const path = join(directory, "traces.jsonl");
    const { exporter } = makeExporter(createSpanFile(path));
    await exporter.export(makeSpans(199));
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    const counts = lines.map((line) => line.match(/"spanId"/g)?.length ?? 0);
    expect(Math.max(...counts)).toBeLessThanOrEqual(64);
    expect(counts.reduce((sum, count) => sum + count)).toBe(200);
  }));

test("a full file is put aside, so that what is kept is bounded and the newest stays", () =>
  withScratchDirectory(async (directory) => {
    const path = join(directory, "traces.jsonl");
    const { exporter } = makeExporter(createSpanFile(path), { bytesMax: 50_000 });
    for (let batch = 0; batch < 40; batch += 1) await exporter.export(makeSpans(30));
    const last = makeSpans(1);
    await exporter.export(last);
    const sizes = await Promise.all([path, `${path}.1`].map(async (each) => (await stat(each)).size));
    for (const size of sizes) expect(size).toBeLessThan(50_000 + 64 * 1_000);
    expect(await readFile(path, "utf8")).toContain(last[0]?.spanContext().spanId ?? "none");
  }));

test("writes come one after the other, in the order of the exports", async () => {
  const order: string[] = [];
  const { exporter } = makeExporter({
    async append(lines) {
      order.push("begin");
      await Bun.sleep(1);
      order.push("end");
      return lines.length;
    },
    rotate: () => Promise.resolve(),
  });
  await Promise.all([exporter.export(makeSpans(1)), exporter.export(makeSpans(1)), exporter.export(makeSpans(1))]);
  expect(order).toEqual(["begin", "end", "begin", "end", "begin", "end"]);
});

test("a disk that fails costs spans and one warning, never a rejection; what comes after it is whole", async () => {
  let fails = true;
  const written: string[] = [];
  const { exporter, reporter } = makeExporter({
    append(lines) {
      if (fails) {
        written.push('{"resourceSp');
        return Promise.reject(new Error("ENOSPC"));
      }
      written.push(new TextDecoder().decode(lines));
      return Promise.resolve(lines.length);
    },
    rotate: () => Promise.resolve(),
  });
  await exporter.export(makeSpans(1));
  await exporter.export(makeSpans(1));
  expect(reporter.said).toHaveLength(1);
  fails = false;
  await exporter.export(makeSpans(1));
  await exporter.export(makeSpans(1));
  expect(reporter.said).toEqual([
    "spans are being lost: they cannot be written to their file",
    "spans are written again",
  ]);
  const whole = written
    .join("")
    .split("\n")
    .filter((line) => line.endsWith("}"));
  expect(whole.map((line) => Object.keys(JSON.parse(line)))).toEqual([["resourceSpans"], ["resourceSpans"]]);
});
