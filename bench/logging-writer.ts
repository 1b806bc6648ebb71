// One process of bench/logging.ts: writes lines with one logger to standard output, then its CPU time to standard error.
import { configure, getLogger, jsonLinesFormatter } from "@logtape/logtape";
import pino from "pino";
import { withLogContext } from "../src/foundation/logging/index.ts";
import { setUpProcessLogging } from "../src/foundation/logging/process-logging.ts";

const [, , name = "", scenario = "", count = "0"] = process.argv;
const lines = Number(count);
/** Lines that a request writes; between requests, timers and output have their turn. */
const linesPerTurn = 20;
const ids = Array.from({ length: 1_000 }, () => crypto.randomUUID());

const boundFields = (index: number) => ({
  request_id: ids[index % 1_000],
  "http.request.method": "POST",
  "http.route": "/api/v1/books/:book_id/journal-entries",
  "user.id": ids[(index * 7) % 1_000],
  service: "footing",
  version: "0.1.0",
});
const ownFields = (index: number) => ({
  "http.response.status_code": 201,
  duration_ms: 12.345 + (index % 10),
  replayed: false,
  "url.path": `/api/v1/books/${ids[(index * 3) % 1_000]}/journal-entries`,
});
type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Runs a request's lines with some fields bound to them. */
interface Writer {
  readonly withBound: (fields: Fields, run: (write: (fields: Fields) => void) => void) => void;
  readonly end: () => Promise<void> | void;
}

function createFooting(): Writer {
  const logger = setUpProcessLogging({ level: "info", debug: false, bytesMax: 2 ** 30 });
  const write = (fields: Fields) => logger.info("request", fields);
  return { withBound: (fields, run) => withLogContext(fields, () => run(write)), end: () => logger.flush(10_000) };
}

function createPino(buffered: boolean): Writer {
  const destination = pino.destination(buffered ? { dest: 1, sync: false, minLength: 8_192 } : { dest: 1, sync: true });
  const root = pino({ timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const withBound: Writer["withBound"] = (fields, run) => {
    const logger = root.child(fields);
    run((own) => logger.info(own, "request"));
  };
  return { withBound, end: () => new Promise((resolve) => destination.flush(() => resolve())) };
}

async function createLogtape(): Promise<Writer> {
  const output = Bun.stdout.writer();
  const encoder = new TextEncoder();
  const sink = (record: Parameters<typeof jsonLinesFormatter>[0]) =>
    void output.write(encoder.encode(jsonLinesFormatter(record)));
  await configure({
    sinks: { out: sink },
    loggers: [
      { category: [], sinks: ["out"], lowestLevel: "info" },
      { category: ["logtape", "meta"], lowestLevel: "fatal" },
    ],
  });
  const root = getLogger(["bench"]);
  const withBound: Writer["withBound"] = (fields, run) => {
    const logger = root.with(fields);
    run((own) => logger.info("request", own));
  };
  return { withBound, end: async () => void (await output.end()) };
}

const nothing: Writer = {
  withBound: (fields, run) => run((own) => void Object.keys(own).concat(Object.keys(fields))),
  end: () => undefined,
};

async function createWriter(): Promise<Writer> {
  if (name === "footing") return createFooting();
  if (name === "pino" || name === "pino-buffered") return createPino(name === "pino-buffered");
  return name === "logtape" ? await createLogtape() : nothing;
}

const writer = await createWriter();
const before = process.cpuUsage();
for (let index = 0; index < lines; index += linesPerTurn) {
  writer.withBound(scenario === "bound" ? boundFields(index) : {}, (write) => {
    for (let line = index; line < Math.min(lines, index + linesPerTurn); line += 1) {
      write(scenario === "bound" ? ownFields(line) : { ...boundFields(line), ...ownFields(line) });
    }
  });
  await new Promise((resolve) => setImmediate(resolve));
}
await writer.end();
const { user, system } = process.cpuUsage(before);
process.stderr.write(String(user + system));
