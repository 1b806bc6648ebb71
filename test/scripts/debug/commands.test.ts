import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type FakeSigNoz, failure, startFakeSigNoz } from "./support/fake-signoz.ts";
import { leadingTo, type Ran, runDebug, runDebugHere } from "./support/run-debug.ts";
import { hexId, type MadeRequest, makeLog, makeRequest, makeSpan } from "./support/telemetry.ts";

const route = "/api/v1/books/:book_id/journal-entries";
const nowMs = Date.now();

let signoz: FakeSigNoz;
let failed: MadeRequest;

beforeAll(() => {
  signoz = startFakeSigNoz();
  for (let minutes = 1; minutes <= 20; minutes += 1) {
    signoz.feed(makeRequest({ atMs: nowMs - minutes * 60_000, route, durationMs: 30 + minutes }));
  }
  for (let minutes = 30; minutes <= 32; minutes += 1) {
    failed = makeRequest({ atMs: nowMs - minutes * 60_000, route, errorId: "POOL_TIMEOUT", durationMs: 400 });
    signoz.feed(failed);
  }
  const name = "http.server.request.duration";
  const points = [50, 40, 30, 20, 10].map((minutes) => ({
    timeMs: nowMs - minutes * 60_000,
    value: minutes / 100,
    labels: { "http.route": minutes > 25 ? route : "/health", "service.name": "footing" },
  }));
  signoz.feed({
    metrics: [
      { name: `${name}.bucket`, type: "histogram", unit: "s", isMonotonic: true, points },
      { name: `${name}.count`, type: "sum", unit: "", isMonotonic: true, points },
    ],
  });
});
beforeEach(() => signoz.intercept(null));
afterAll(async () => {
  await signoz.stop();
});

const debug = (...args: readonly string[]): Promise<Ran> => runDebug(args, { env: leadingTo(signoz) });
const debugHere = (...args: readonly string[]): Promise<Ran> => runDebugHere(args, { env: leadingTo(signoz) });

const problemOf = ({ requestId, traceId }: MadeRequest): string =>
  JSON.stringify({
    type: "http://127.0.0.1:3000/errors/POOL_TIMEOUT",
    title: "No database connection became free",
    status: 503,
    detail: "No database connection became free in time.",
    instance: "/api/v1/books",
    error_id: "POOL_TIMEOUT",
    request_id: requestId,
    trace_id: traceId,
  });

describe("FT.DBG.1 debug.ts answers logs, traces, errors and metrics from SigNoz's API", () => {
  test("FT.DBG.1 a failed request is found by its id, by its error body, and through errors, and is the same trace", async () => {
    const byId = await debug("request", failed.requestId);
    expect(byId).toMatchObject({ status: 0, err: "" });
    expect(byId.out).toContain(failed.traceId);
    expect(byId.out).toContain("POOL_TIMEOUT");

    const input = `HTTP/1.1 503 Service Unavailable\r\nX-Request-ID: {x}\r\n\r\n${problemOf(failed)}\n`;
    const byBody = await runDebug(["why"], { env: leadingTo(signoz), input });
    expect(byBody).toMatchObject({ status: 0, err: "" });
    expect(byBody.out).toStartWith("503 POOL_TIMEOUT");
    expect(byBody.out).toEndWith(byId.out);

    const errors = await debug("errors", "--json");
    expect(errors.records).toEqual([
      expect.objectContaining({ type: "error", error_id: "POOL_TIMEOUT", route, count: 3 }),
    ]);
    const [group] = errors.records;
    const sample = await debug("trace", String(group?.["sample_trace_id"]), "--json");
    expect(sample.records.map(({ type }) => type)).toEqual(["trace", "span", "span", "span", "span", "log"]);
    expect(Date.parse(String(group?.["first_seen"]))).toBe(nowMs - 32 * 60_000 + 400);
    expect(Date.parse(String(group?.["last_seen"]))).toBe(nowMs - 30 * 60_000 + 400);
  });

  test("trace shows the tree, as a table too, with its log line and where to see it in SigNoz", async () => {
    const drawn = await debug("trace", failed.traceId);
    expect(drawn.status).toBe(0);
    for (const text of [`POST ${route}`, "BEGIN", "INSERT ledger.entries", `${signoz.url}/trace/${failed.traceId}`]) {
      expect(drawn.out).toContain(text);
    }
    const table = await debug("trace", `00-${failed.traceId}-00f067aa0ba902b7-01`, "--spans");
    expect(table.out).toContain(failed.spans[0]?.spanId ?? "none");
  });

  test("traces that a trace links to are shown with it", async () => {
    const [here, there] = [hexId(16), hexId(16)];
    signoz.feed({
      spans: [
        makeSpan({ traceId: here, name: "caller", links: [{ traceId: there, spanId: hexId(8) }] }),
        makeSpan({ traceId: there, name: "called" }),
      ],
    });
    const { records } = await debug("trace", here, "--json");
    expect(records.filter(({ type }) => type === "trace").map((each) => each["trace_id"])).toEqual([here, there]);
  });

  test("logs are filtered by every filter, the newest last", async () => {
    const mark = hexId(8);
    const attributes = {
      "http.route": `/${mark}`,
      "user.id": mark,
      "deployment.environment.name": mark,
      error_id: mark,
      request_id: mark,
    };
    const traceId = hexId(16);
    const times = [3_000, 1_000, 2_000].map((agoMs) => BigInt(Date.now() - agoMs) * 1_000_000n);
    const common = { message: `it's 100% ${mark}`, attributes, serviceName: mark, traceId, level: "warn" };
    signoz.feed({ logs: times.map((timeNs) => makeLog({ ...common, timeNs })) });
    signoz.feed({ logs: [makeLog({ message: `it's 1005 ${mark}x`, serviceName: `${mark}x`, level: "debug" })] });
    const filters = [
      ["--service", mark],
      ["--env", mark],
      ["--route", `/${mark}`],
      ["--user", mark],
      ["--error-id", mark],
      ["--request", mark],
      ["--trace", traceId],
      ["--search", `IT'S 100% ${mark}`],
      ["--where", `user.id = '${mark}' AND (severity_text = 'WARN' OR body = '(')`],
      ["--level", "warn", "--search", mark],
    ];
    for (const filter of filters) {
      const { records, err } = await debugHere("logs", ...filter, "--json");
      const found = records.map(({ time }) => String(time));
      expect({ filter, err, count: found.length, found }).toEqual({
        filter,
        err: "",
        count: 3,
        found: found.toSorted(),
      });
    }
    const newest = await debugHere("logs", "--user", mark, "-n", "1", "--json");
    expect(newest.records.map(({ time }) => Date.parse(String(time)))).toEqual([Number((times[1] ?? 0n) / 1_000_000n)]);
  });

  test("slow ranks routes and statements, with the trace of the slowest", async () => {
    const { records } = await debugHere("slow", "--json");
    const [first] = records;
    expect(first).toMatchObject({ type: "route", name: `POST ${route}`, p99_ms: 400, count: 23 });
    expect(records.filter(({ type }) => type === "statement").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["BEGIN", "INSERT ledger.entries"]),
    );
    const slowest = await debugHere("trace", String(first?.["sample_trace_id"]), "--json");
    expect(slowest.records[1]).toMatchObject({ duration_ms: 400 });
    expect((await debugHere("slow")).out).toContain("400 ms");
  });

  test("metrics charts a histogram by its name, alone and by group", async () => {
    const { records } = await debugHere(
      "metrics",
      "http.server.request.duration",
      "--group-by",
      "http.route",
      "--json",
    );
    expect(records).toEqual([
      expect.objectContaining({ labels: { "http.route": route }, aggregation: "p95", unit: "s" }),
      expect.objectContaining({ labels: { "http.route": "/health" } }),
    ]);
    const where = ["--where", "http.route = '/health'", "--agg", "p99"];
    const drawn = await debugHere("metrics", "http.server.request.duration", ...where);
    expect(drawn).toMatchObject({ status: 0, out: expect.stringContaining("p99"), err: "" });
    const unknown = await debugHere("metrics", "http.server.request.durations");
    expect(unknown).toMatchObject({ status: 1, out: "", err: expect.stringContaining("did you mean http.server") });
  });

  test("fields lists what can be filtered on, and values; a wrong name is answered with those like it", async () => {
    const fields = await debugHere("fields", "--signal", "logs", "--json");
    expect(fields.records.map(({ name }) => name)).toEqual(expect.arrayContaining(["http.route", "error_id", "body"]));
    expect(await debugHere("fields", "http.route")).toMatchObject({ status: 0, out: expect.stringContaining(route) });
    const wrong = await debugHere("fields", "http.rout");
    expect(wrong).toMatchObject({ status: 1, out: "", err: expect.stringContaining("did you mean http.route") });
    const where = await debugHere("logs", "--where", "erro.id = 'x'");
    expect(where.status).toBe(1);
    expect(where.err).toContain("erro.id: no data has arrived with that field yet");
    expect(where.err).toContain("did you mean error_id?");
  });

  test("doctor says what is there, and what to do where something is not", async () => {
    const { status, records } = await debugHere("doctor", "--json");
    expect({ status, names: records.map(({ name, ok }) => [name, ok]) }).toEqual({
      status: 0,
      names: ["version", "clock", "key", "traces", "logs", "metrics"].map((name) => [name, true]),
    });
    const silent = await debugHere("doctor", "--service", "nobody");
    expect(silent.status).toBe(1);
    expect(silent.out).toContain("nothing from nobody in 7 days");
    expect(silent.out).toContain("OTEL_EXPORTER_OTLP_ENDPOINT");
    signoz.intercept((request, url) =>
      url.pathname === "/api/v1/version" && request.method === "GET"
        ? Response.json({ version: "v0.130.1" }, { headers: { Date: new Date(Date.now() + 3_600_000).toUTCString() } })
        : null,
    );
    expect((await debugHere("doctor")).out).toMatch(/the server's clock is 3[56]\d\d\.\d s from this one/);
  });

  test("what was asked and answered kept to the published contract", () => {
    expect(signoz.faults).toEqual([]);
    expect(signoz.requests.length).toBeGreaterThan(50);
  });
});

describe("the exit status tells what came of it", () => {
  test("1 where nothing is found, and the range is named", async () => {
    for (const args of [
      ["trace", hexId(16)],
      ["request", "nobody"],
      ["logs", "--search", "never said"],
    ]) {
      const { status, out, err } = await debug(...args);
      expect({ args, status, out }).toEqual({ args, status: 1, out: "" });
      expect(err).toContain(new Date(Date.now()).toISOString().slice(0, 11));
    }
  });

  test("2 for wrong usage, which is explained", async () => {
    const wrong = [
      ["nothing"],
      [],
      ["trace"],
      ["trace", "abc"],
      ["trace", "0".repeat(32)],
      ["logs", "--since", "yesterday"],
      ["logs", "--since", "1h", "--until", "2h"],
      ["logs", "--limit", "0"],
      ["logs", "--level", "loud"],
      ["logs", "--where", "a = 'b"],
      ["logs", "--where", "a = 1) OR (b = 2"],
      ["logs", "--follow", "--until", "1m"],
      ["logs", "--where", "a = = 1"],
      ["slow", "--local", "x"],
      ["metrics", "m", "--agg", "mode"],
      ["completion", "csh"],
      ["why"],
    ];
    for (const args of wrong) {
      const { status, err } = await debugHere(...args);
      expect({ args, status, isExplained: err.trim() !== "" }).toEqual({ args, status: 2, isExplained: true });
    }
  }, 30_000);

  test("3 where the key is not accepted", async () => {
    const env = { ...leadingTo(signoz), SIGNOZ_API_KEY: "another" };
    expect(await runDebug(["logs"], { env })).toMatchObject({
      status: 3,
      err: expect.stringContaining("SIGNOZ_API_KEY"),
    });
    signoz.intercept(() => failure(403, "only viewers may"));
    expect(await debug("logs")).toMatchObject({ status: 3, err: expect.stringContaining("only viewers may") });
  });

  test("4 where nobody answers, somebody else does, or the address leads elsewhere", async () => {
    const silent = await runDebug(["logs"], { env: { ...leadingTo(signoz), SIGNOZ_URL: "http://127.0.0.1:1" } });
    expect(silent).toMatchObject({ status: 4, err: expect.stringContaining("cannot reach http://127.0.0.1:1") });
    signoz.intercept(() => new Response("<!DOCTYPE html><p>hello", { headers: { "Content-Type": "text/html" } }));
    expect(await debug("logs")).toMatchObject({ status: 4, err: expect.stringContaining("is SIGNOZ_URL right?") });
    expect(await debug("doctor")).toMatchObject({ status: 4, out: expect.stringContaining("is no SigNoz") });
    let isKeyLeaked = false;
    const other = Bun.serve({
      port: 0,
      fetch(request) {
        isKeyLeaked ||= request.headers.has("signoz-api-key");
        return new Response("?");
      },
    });
    signoz.intercept(() => Response.redirect(`http://127.0.0.1:${other.port}/`));
    const moved = await debug("logs");
    await other.stop(true);
    expect(moved).toMatchObject({ status: 4, err: expect.stringContaining("redirects to http://127.0.0.1:") });
    expect(isKeyLeaked).toBe(false);
  });

  test("5 where the server fails, in either of its envelopes, once it was asked again", async () => {
    signoz.intercept(() =>
      Response.json({ status: "error", errorType: "exec", error: "out of memory" }, { status: 500 }),
    );
    expect(await debug("errors")).toMatchObject({ status: 5, err: expect.stringContaining("out of memory") });
    let times = 0;
    signoz.intercept(() => {
      times += 1;
      return failure(503, "busy", { retry: { delay: 1_000_000 } });
    });
    const busy = await debug("errors");
    expect(busy).toMatchObject({ status: 5, err: expect.stringContaining("asking again in 0.0 s") });
    expect(times).toBe(4);
  });

  test("6 where SigNoz is too old: which it is, and what it lacks", async () => {
    const old = startFakeSigNoz({ version: "v0.76.2", lacks: ["/api/v5", "/api/v4"] });
    for (const args of [["logs"], ["errors"], ["trace", failed.traceId], ["slow"], ["doctor"]]) {
      const { status, out, err } = await runDebugHere(args, { env: leadingTo(old) });
      expect({ args, status }).toEqual({ args, status: 6 });
      expect(out + err).toContain("SigNoz v0.76.2 is too old: it lacks POST /api/v5/query_range");
    }
    await old.stop();
  }, 15_000);
});

describe("how it speaks", () => {
  test("every command has help with examples, and costs no connection", async () => {
    const commands = ["trace", "request", "why", "logs", "errors", "slow", "metrics", "fields", "doctor", "completion"];
    const { out } = await runDebug(["--help"]);
    for (const command of commands) {
      expect(out).toContain(`\n  ${command} `);
      const help = await runDebugHere([command, "--help"]);
      expect({ command, status: help.status, err: help.err }).toEqual({ command, status: 0, err: "" });
      expect(help.out).toContain(`Examples:\n  bun run scripts/debug.ts ${command}`);
    }
  }, 15_000);

  test("the variables may stand in .env, and the key is never printed", async () => {
    const dotEnv = `SIGNOZ_URL=${signoz.url}/\nSIGNOZ_API_KEY=${signoz.apiKey}\n`;
    const found = await runDebug(["doctor"], { dotEnv });
    expect(found.status).toBe(0);
    signoz.intercept(() => failure(401, "no"));
    const refused = await runDebug(["doctor"], { dotEnv });
    expect(refused.status).toBe(3);
    for (const { out, err } of [found, refused]) expect(out + err).not.toContain(signoz.apiKey);
    const unset = await runDebug(["doctor"], { env: { SIGNOZ_API_KEY: signoz.apiKey } });
    expect(unset).toMatchObject({ status: 2, err: expect.stringContaining("SIGNOZ_URL is not set") });
    const odd = await runDebug(["doctor"], { env: { SIGNOZ_URL: `http://u:${signoz.apiKey}@h`, SIGNOZ_API_KEY: "k" } });
    expect(odd).toMatchObject({ status: 2, err: expect.not.stringContaining(signoz.apiKey) });
  });

  test("no log line can drive the terminal, forge another line or colour a pipe", async () => {
    const mark = hexId(8);
    const evil = `${mark} \u001b]0;owned\u0007\u001b[2J\r\n2026-01-01 forged\u202e \u009b31m`;
    signoz.feed({ logs: [makeLog({ message: evil, attributes: { [`k${evil}`]: evil }, serviceName: evil })] });
    const { out } = await debug("logs", "--search", mark);
    expect(out).toContain(mark);
    expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(out).not.toMatch(/^2026-01-01 forged/m);
    const { err } = await debug("trace", "\u001b[2J");
    expect(err).not.toContain("\u001b");
  });

  test("each shell is given a script that it can read, with the commands and their options", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { status, out } = await runDebug(["completion", shell]);
      expect({ shell, status }).toEqual({ shell, status: 0 });
      expect(out).toContain("footing-debug");
    }
    const { out } = await runDebug(["completion", "bash"]);
    const probe = `${out}\nCOMP_WORDS=(footing-debug logs --fo) COMP_CWORD=2; _footing_debug; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(footing-debug me) COMP_CWORD=1; _footing_debug; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(footing-debug fields --signal l) COMP_CWORD=3; _footing_debug; echo "\${COMPREPLY[@]}"`;
    const bash = Bun.spawnSync(["bash", "-c", probe]);
    expect(bash.stdout.toString().trim().split("\n")).toEqual(["--follow", "metrics", "logs"]);
  });
});
