import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type FakeSigNoz, startFakeSigNoz } from "./support/fake-signoz.ts";
import { leadingTo, runDebug, runDebugHere } from "./support/run-debug.ts";
import { hexId, makeLog, makeRequest, makeSpan } from "./support/telemetry.ts";

let signoz: FakeSigNoz;
const traceId = hexId(16);
beforeAll(() => {
  signoz = startFakeSigNoz();
  const atMs = Date.now() - 60_000;
  signoz.feed(makeRequest({ atMs, route: "/r", errorId: "INTERNAL" }));
  const events = [{ name: "e", timeNs: 1n, attributes: { a: 1 } }];
  const links = [{ traceId, spanId: hexId(8) }];
  signoz.feed({ spans: [makeSpan({ traceId, events, links })], logs: [makeLog({ traceId })] });
  const points = [{ timeMs: atMs, value: 1, labels: { "service.name": "footing" } }];
  signoz.feed({ metrics: [{ name: "m", type: "gauge", unit: "", isMonotonic: false, points }] });
});
afterAll(async () => {
  await signoz.stop();
});

const commands = [
  ["trace", traceId],
  ["request", "r"],
  ["logs"],
  ["errors"],
  ["slow"],
  ["metrics", "m"],
  ["fields"],
  ["fields", "http.route"],
  ["doctor"],
];

/** The fake's own answer, changed. */
function spoil(change: (text: string) => string): void {
  let isOwn = false;
  signoz.intercept((request, url) => {
    if (isOwn) return null;
    const body = request.method === "POST" ? request.text() : Promise.resolve(undefined);
    return body.then(async (sent) => {
      isOwn = true;
      const headers = { ...Object.fromEntries(request.headers), "content-length": String(sent?.length ?? 0) };
      const asked = fetch(url, { method: request.method, headers, ...(sent === undefined ? {} : { body: sent }) });
      const answer = await asked.finally(() => {
        isOwn = false;
      });
      return new Response(change(await answer.text()), { status: answer.status, headers: answer.headers });
    });
  });
}

/** Never a crash: an outcome of the table, and nothing on the screen that says the tool broke. */
async function expectCalm(args: readonly string[]): Promise<void> {
  const { status, out, err } = await runDebugHere(args, { env: leadingTo(signoz) });
  expect({ args, isKnown: status >= 0 && status <= 6, status }).toEqual({ args, isKnown: true, status });
  expect(out + err).not.toMatch(/TypeError|undefined is not|\bat \S+\.ts:\d+/);
}

const oddValue = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 1e308, "", "NaN", "2026-11-25T07:00:00Z", "x".repeat(5_000), [], {}, [null]),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Puts another value where the `at`-th value of an answer is. */
function replaceValue(text: string, at: number, value: unknown): string {
  let [count, wanted] = [0, -1];
  JSON.parse(text, (_name, each) => {
    count += 1;
    return each;
  });
  wanted = at % Math.max(count, 1);
  count = -1;
  const changed = JSON.parse(text, (_name, each) => {
    count += 1;
    return count === wanted ? value : each;
  });
  return JSON.stringify(changed);
}

/** Puts another in place of the `at`-th number. */
function replaceNumber(text: string, at: number, value: number): string {
  let count = -1;
  return JSON.stringify(
    JSON.parse(text, (_name, each) => {
      if (typeof each !== "number") return each;
      count += 1;
      return count === at ? value : each;
    }),
  );
}

describe("no answer of a server makes the tool crash", () => {
  test("one that nobody spoilt is found, by way of the spoiler too", async () => {
    spoil((text) => text);
    for (const args of commands.filter(([name]) => name !== "request")) {
      const { status, err } = await runDebugHere(args, { env: leadingTo(signoz) });
      expect({ args, status, err }).toEqual({ args, status: args[0] === "doctor" ? 1 : 0, err: "" });
    }
  });

  test("one that is cut off anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...commands), fc.double({ min: 0, max: 1, noNaN: true }), async (args, part) => {
        spoil((text) => text.slice(0, Math.floor(text.length * part)));
        await expectCalm(args);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test("one with any value of it replaced by another", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...commands), fc.nat(400), oddValue, async (args, at, value) => {
        spoil((text) => replaceValue(text, at, value));
        await expectCalm(args);
        await expectCalm([...args, "--json"]);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test("one with any number of it beyond all bounds, or none", async () => {
    for (const value of [1e308, -1e308, 0]) {
      for (const args of commands) {
        for (let at = 0; at < 40; at += 1) {
          spoil((text) => replaceNumber(text, at, value));
          await expectCalm(at % 2 === 0 ? args : [...args, "--json"]);
        }
      }
    }
  }, 120_000);

  test("one that is any JSON, or any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...commands),
        fc.oneof(fc.json(), fc.string({ unit: "binary" })),
        async (args, text) => {
          spoil(() => text);
          await expectCalm(args);
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);

  test("one with a line of 3 MB, which is shown", async () => {
    signoz.intercept(null);
    const mark = hexId(8);
    const message = `${mark}${"it is long\u001b, ü\n".repeat(200_000)}`;
    signoz.feed({ logs: [makeLog({ message, attributes: { request_id: mark } })] });
    const text = await runDebug(["logs", "--request", mark], { env: leadingTo(signoz) });
    expect(text).toMatchObject({ status: 0, err: "" });
    expect(text.out.length).toBeGreaterThan(3_000_000);
    expect(text.out).not.toContain("\u001b");
    const json = await runDebugHere(["logs", "--request", mark, "--json"], { env: leadingTo(signoz) });
    expect(json.records[0]?.["message"]).toBe(message);
  }, 60_000);
});
