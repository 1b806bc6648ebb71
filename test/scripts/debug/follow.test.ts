import { afterEach, describe, expect, test } from "bun:test";
import { type FollowTiming, followLogs } from "../../../scripts/debug/follow.ts";
import type { LogFilters } from "../../../scripts/debug/model.ts";
import { SigNozClient } from "../../../scripts/debug/signoz/client.ts";
import { RouteMissingError } from "../../../scripts/debug/signoz/faults.ts";
import { readLiveTail } from "../../../scripts/debug/signoz/live-tail.ts";
import { createSigNozSource } from "../../../scripts/debug/signoz/source.ts";
import { type FakeOptions, type FakeSigNoz, failure, startFakeSigNoz } from "./support/fake-signoz.ts";
import { makeLog } from "./support/telemetry.ts";

const quick: FollowTiming = { pollMs: 20, tailMs: 150, backoffMsMax: 50 };
const patient: FollowTiming = { ...quick, tailMs: 20_000 };

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

interface Followed {
  readonly fake: FakeSigNoz;
  readonly seen: readonly string[];
  readonly notes: readonly string[];
  /** Says something with each of these messages, now. */
  say(...messages: readonly string[]): void;
  until(what: () => boolean): Promise<void>;
  /** Resolves when it has ended, rejects with why. */
  readonly ended: Promise<void>;
  stop(): void;
}

function follow(options: { fake?: FakeOptions; timing?: FollowTiming; filters?: LogFilters } = {}): Followed {
  const fake = startFakeSigNoz(options.fake);
  const { url, apiKey } = fake;
  const client = new SigNozClient({
    url: new URL(`${url}/`),
    apiKey,
    timeoutMs: 5_000,
    onWait: () => undefined,
    sleep: () => Bun.sleep(1),
  });
  const interrupt = new AbortController();
  const filters = options.filters ?? {};
  const [seen, notes]: [string[], string[]] = [[], []];
  const ended = (async () => {
    const batches = followLogs({
      source: createSigNozSource(client),
      filters,
      sinceMs: Date.now() - 1_000,
      shown: [],
      tail: (sinceMs, signal) => readLiveTail(client, filters, { sinceMs, signal }),
      isWithoutTail: (error) => error instanceof RouteMissingError,
      onNote: (text) => notes.push(text),
      signal: interrupt.signal,
      timing: options.timing ?? quick,
    });
    for await (const batch of batches) seen.push(...batch.map(({ message }) => message));
  })();
  endings.push(async () => {
    interrupt.abort();
    await ended.catch(() => undefined);
    await fake.stop();
  });
  return {
    fake,
    seen,
    notes,
    ended,
    stop: () => interrupt.abort(),
    say(...messages) {
      const nowNs = BigInt(Date.now()) * 1_000_000n;
      fake.feed({ logs: messages.map((message, index) => makeLog({ message, timeNs: nowNs + BigInt(index) })) });
    },
    async until(what) {
      for (let times = 0; times < 500 && !what(); times += 1) await Bun.sleep(20);
      expect({ isSo: what(), seen, notes }).toEqual({ isSo: true, seen, notes });
    },
  };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `line ${from + index}`);

describe("following gives every line once and in order", () => {
  test("from the live tail, whose batches come newest first", async () => {
    const { fake, say, seen, until, notes } = follow({ timing: patient });
    await until(() => fake.requests.includes("GET /api/v3/logs/livetail"));
    say(...numbers(0, 20));
    await until(() => seen.length === 20);
    say(...numbers(20, 40));
    await until(() => seen.length === 40);
    expect(seen).toEqual(numbers(0, 40));
    expect(notes).toEqual([]);
  });

  test("across streams that are cut, and a server that is away for a while", async () => {
    const { fake, say, seen, until, notes } = follow({ timing: patient });
    for (let round = 0; round < 6; round += 1) {
      say(...numbers(round * 10, round * 10 + 5));
      await until(() => seen.length >= round * 10 + 1);
      if (round % 2 === 0) fake.intercept(() => failure(503, "away", { retry: { delay: 1 } }));
      fake.cutStreams();
      say(...numbers(round * 10 + 5, round * 10 + 10));
      if (round % 2 === 0) await until(() => notes.length > round);
      fake.intercept(null);
      await until(() => seen.length === (round + 1) * 10);
    }
    expect(seen.toSorted()).toEqual(numbers(0, 60).toSorted());
    expect(notes).toEqual(expect.arrayContaining(["connected again"]));
  }, 30_000);

  test("where the stream leaves lines out, they are asked for when it is over", async () => {
    const { fake, say, seen, until } = follow();
    fake.intercept((_request, url) =>
      url.pathname === "/api/v3/logs/livetail"
        ? new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([58, 10])) }), {
            headers: { "Content-Type": "text/event-stream" },
          })
        : null,
    );
    for (let at = 0; at < 30; at += 10) {
      say(...numbers(at, at + 10));
      await until(() => seen.length === at + 10);
    }
    expect(seen).toEqual(numbers(0, 30));
  });

  test("by asking again and again where there is no live tail, which is said once", async () => {
    const { say, seen, until, notes } = follow({ fake: { lacks: ["/api/v3"] } });
    for (let at = 0; at < 30; at += 10) {
      say(...numbers(at, at + 10));
      await until(() => seen.length === at + 10);
    }
    expect(seen).toEqual(numbers(0, 30));
    expect(notes).toEqual([expect.stringMatching(/^no live tail/)]);
  });

  test("a line that comes in late, with an earlier time than those before it, is not left out", async () => {
    const { fake, say, seen, until } = follow({ fake: { lacks: ["/api/v3"] } });
    say("now");
    await until(() => seen.length === 1);
    fake.feed({ logs: [makeLog({ message: "late", timeNs: BigInt(Date.now() - 500) * 1_000_000n })] });
    await until(() => seen.length === 2);
    expect(seen).toEqual(["now", "late"]);
  });

  test("and nothing that the filter does not ask for", async () => {
    const { say, seen, until } = follow({ timing: patient, filters: { search: "it's \\ 100%" } });
    say("nothing", "it's \\ 100% so", "it's / 1000");
    await until(() => seen.length === 1);
    say("it's \\ 100% again");
    await until(() => seen.length === 2);
    expect(seen).toEqual(["it's \\ 100% so", "it's \\ 100% again"]);
  });
});

describe("following ends", () => {
  test("when it is interrupted, amid a stream or a wait", async () => {
    for (const fake of [{}, { lacks: ["/api/v3"] }]) {
      const { say, seen, until, stop, ended } = follow({ fake, timing: patient });
      say("one");
      await until(() => seen.length === 1);
      stop();
      await ended;
    }
  });

  test("when the server refuses, and not when it only stumbles", async () => {
    const { fake, say, seen, until, ended } = follow();
    fake.intercept(() => new Response("{", { status: 200 }));
    await Bun.sleep(100);
    fake.intercept(null);
    say("one");
    await until(() => seen.length === 1);
    fake.intercept(() => failure(401, "expired"));
    const failed = await ended.then(
      () => null,
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ outcome: "unauthorised" });
  });
});
