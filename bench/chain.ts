// What the chain costs: CPU of the server's process per 1,000 requests, for bare Hono, @hono/otel alone, the usual
// composition by hand, and Footing's, whole and with one duty left out. All export to a sink in this process, which also makes the
// requests; servers run one at a time, interleaved, and the ratios of a round are of that round.
// Run: bun bench/chain.ts [rounds] [requests a round]
import { fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { fileURLToPath } from "node:url";
import type { Question, Report } from "./chain/serve.ts";

const rounds = Number(process.argv[2] ?? 7);
const requestsPerRound = Number(process.argv[3] ?? 10_000);
const clients = 16;

interface Variant {
  readonly name: string;
  readonly script: "bare" | "usual" | "footing";
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const usual = "usual composition";
const variants: readonly Variant[] = [
  { name: "bare Hono", script: "bare" },
  { name: "@hono/otel alone", script: "usual", args: ["otel"] },
  { name: usual, script: "usual" },
  { name: "Footing", script: "footing", env: { OTEL_LOGS_EXPORTER: "none" } },
  { name: "Footing, logs exported too", script: "footing" },
  { name: "Footing without request lines", script: "footing", env: { LOG_LEVEL: "error", OTEL_LOGS_EXPORTER: "none" } },
  { name: "Footing without telemetry", script: "footing", env: { OTEL_SDK_DISABLED: "true" } },
];

interface Server {
  readonly name: string;
  readonly url: string;
  cpuMs(): Promise<number>;
  stop(): void;
}

async function start({ name, script, args = [], env = {} }: Variant, sinkUrl: string): Promise<Server> {
  const output = openSync(devNull, "w");
  const child = fork(fileURLToPath(new URL(`./chain/${script}.ts`, import.meta.url)), args, {
    env: { ...process.env, ENVIRONMENT: "production", OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl, ...env },
    stdio: ["ignore", output, "inherit", "ipc"],
  });
  closeSync(output);
  const answer = async (): Promise<Report> => (await once(child, "message"))[0] as Report;
  const ask = (question: Question) => child.send(question);
  const report = await answer();
  if (!("port" in report)) throw new Error(`${name} said something else than its port`);
  return {
    name,
    url: `http://127.0.0.1:${report.port}`,
    async cpuMs() {
      ask("cpu");
      const reply = await answer();
      if (!("cpuMs" in reply)) throw new Error(`${name} said something else than its CPU time`);
      return reply.cpuMs;
    },
    stop() {
      ask("stop");
    },
  };
}

async function load({ url }: Server, count: number): Promise<void> {
  let next = 0;
  const client = async () => {
    while (next < count) {
      next += 1;
      const response = await fetch(`${url}/bench/${next}?token=secret`, {
        headers: { accept: "application/json", "x-forwarded-for": `192.0.2.${next % 250}` },
      });
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

async function measure(server: Server): Promise<number> {
  const before = await server.cpuMs();
  await load(server, requestsPerRound);
  return ((await server.cpuMs()) - before) / (requestsPerRound / 1000);
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const received = new Map<string, number>();
const sink = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    received.set(pathname, (received.get(pathname) ?? 0) + (await request.arrayBuffer()).byteLength);
    return new Response(null, { headers: { "content-type": "application/x-protobuf" } });
  },
});
const servers: Server[] = [];
try {
  for (const variant of variants) servers.push(await start(variant, sink.url.origin));
  for (const server of servers) await load(server, requestsPerRound / 2);
  const cpu = new Map<string, number[]>(servers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Another one begins each round, so that none always follows the same.
    for (const [index] of servers.entries()) {
      const server = servers[(index + round) % servers.length];
      if (server !== undefined) cpu.get(server.name)?.push(await measure(server));
    }
  }
  const against = cpu.get(usual) ?? [];
  console.log(`CPU per 1,000 requests, medians of ${rounds} rounds of ${requestsPerRound}; ratio to the ${usual}`);
  for (const [name, values] of cpu) {
    const ratios = values.map((value, round) => value / (against[round] ?? Number.NaN)).toSorted((a, b) => a - b);
    const spread = `${ratios[0]?.toFixed(2)}–${ratios.at(-1)?.toFixed(2)}`;
    console.log(
      `${name.padEnd(32)} ${median(values).toFixed(1).padStart(6)} ms  ${median(ratios).toFixed(2)}  (${spread})`,
    );
  }
  for (const [path, bytes] of received) console.log(`received at ${path}: ${(bytes / 1e6).toFixed(1)} MB`);
} finally {
  for (const server of servers) server.stop();
  await sink.stop(true);
}
