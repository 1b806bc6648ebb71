import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { DebugError } from "../../../../scripts/debug/outcome.ts";
import { type ClientOptions, SigNozClient } from "../../../../scripts/debug/signoz/client.ts";
import { RouteMissingError, UnknownFieldError } from "../../../../scripts/debug/signoz/faults.ts";
import { parseJson } from "../../../../scripts/debug/signoz/parse-json.ts";

type Answer = (() => Response) | Error;

/** A client whose answers are given, one after the other; the last one for ever. */
function answeredBy(...answers: readonly Answer[]) {
  const [waits, sent]: [number[], Request[]] = [[], []];
  const options: ClientOptions = {
    url: new URL("http://signoz.test/base/"),
    apiKey: "secret",
    timeoutMs: 1_000,
    onWait: () => undefined,
    sleep: async (waitMs) => void waits.push(waitMs),
    async fetch(input, init) {
      const answer = answers[Math.min(sent.length, answers.length - 1)];
      sent.push(new Request(input.href, init));
      if (answer === undefined || answer instanceof Error) throw answer;
      return answer();
    },
  };
  const client = new SigNozClient(options);
  const ask = () => client.ask({ method: "GET", path: "api/v1/x", query: { a: "b&c" } }, z.object({ ok: z.boolean() }));
  return { client, ask, waits, sent };
}

const json =
  (body: unknown, status = 200, headers = {}) =>
  () =>
    Response.json(body, { status, headers });
const text =
  (body: string, status = 200) =>
  () =>
    new Response(body, { status });
const fine = json({ ok: true });
const fault = (message: string, more = {}) => ({
  status: "error",
  error: { type: "t", code: "c", message, errors: [], suggestions: [], ...more },
});

async function failureOf(asking: Promise<unknown>): Promise<DebugError> {
  const failure = await asking.then(
    () => null,
    (error: unknown) => error,
  );
  if (failure instanceof DebugError) return failure;
  throw new Error(`expected a DebugError, not ${failure}`);
}

describe("what passes by itself is asked again", () => {
  test("after as long as the server says: in its body, in Retry-After; otherwise twice as long each time", async () => {
    const busy = json(fault("busy", { retry: { delay: 1_500_000_000 } }), 503);
    const { ask, waits } = answeredBy(busy, json({}, 429, { "Retry-After": "7" }), json({}, 502), fine);
    expect(await ask()).toEqual({ ok: true });
    expect(waits).toEqual([1_500, 7_000, 1_000]);
    const endless = answeredBy(json(fault("busy", { retry: { delay: 9e18 } }), 503), fine);
    await endless.ask();
    expect(endless.waits).toEqual([60_000]);
  });

  test("a lost connection and an answer that never ends likewise, and a bounded number of times", async () => {
    const flaky = answeredBy(new Error("ECONNRESET"), new DOMException("too long", "TimeoutError"), fine);
    expect(await flaky.ask()).toEqual({ ok: true });
    const gone = answeredBy(new Error("ECONNREFUSED"));
    expect(await failureOf(gone.ask())).toMatchObject({
      outcome: "unreachable",
      message: expect.stringMatching(/ECONNREFUSED/),
    });
    expect(gone.sent.length).toBe(4);
  });

  test("and what does not pass is not: a refusal is told at once", async () => {
    for (const status of [400, 401, 403, 404, 500, 501]) {
      const { ask, sent } = answeredBy(json(fault("no"), status));
      expect(await failureOf(ask())).toMatchObject({ message: expect.stringMatching(/no/) });
      expect(sent.length).toBe(1);
    }
  });
});

describe("a failure is named for what it is", () => {
  test("both envelopes give their message", async () => {
    const newer = await failureOf(answeredBy(json(fault("cause", { errors: [{ message: "why" }] }), 500)).ask());
    expect(newer).toMatchObject({ outcome: "serverError", message: expect.stringMatching(/cause; why/) });
    const older = await failureOf(answeredBy(json({ status: "error", errorType: "e", error: "cause" }, 500)).ask());
    expect(older).toMatchObject({ outcome: "serverError", message: expect.stringMatching(/cause/) });
    const hidden = await failureOf(answeredBy(json(fault("in a 200"))).ask());
    expect(hidden).toMatchObject({ outcome: "serverError", message: expect.stringMatching(/in a 200/) });
  });

  test("a field that is unknown is told from a query that is wrong, with the server's suggestions", async () => {
    const errors = [{ message: "key `http.rout` not found", suggestions: ["http.route"] }];
    const unknown = await failureOf(answeredBy(json(fault("Found 1 errors", { errors }), 400)).ask());
    expect(unknown).toBeInstanceOf(UnknownFieldError);
    expect(unknown).toMatchObject({ outcome: "nothing", remedy: expect.stringMatching(/did you mean http.route/) });
    const wrong = await failureOf(answeredBy(json(fault("syntax"), 400)).ask());
    expect(wrong).toMatchObject({ outcome: "usage", message: expect.stringMatching(/syntax/) });
  });

  test("a web page, and a 404 that no handler wrote, mean that the route is not there", async () => {
    const answers = [text("  <!DOCTYPE html><p>"), text("404 page not found\n", 404)];
    for (const answer of answers) expect(await failureOf(answeredBy(answer).ask())).toBeInstanceOf(RouteMissingError);
  });

  test("an answer that was cut off, or has something else where it should have its data", async () => {
    const cut = await failureOf(answeredBy(text('{"ok": tr')).ask());
    expect(cut).toMatchObject({ outcome: "serverError", message: expect.stringMatching(/no JSON, or was cut off/) });
    const odd = await failureOf(answeredBy(json({ ok: "yes" })).ask());
    expect(odd).toMatchObject({
      outcome: "serverError",
      message: expect.stringMatching(/not what it should be at ok/),
    });
  });
});

test("a request stays below the URL's own path, and carries the key in its header alone", async () => {
  const { ask, sent } = answeredBy(fine);
  await ask();
  expect(sent[0]?.url).toBe("http://signoz.test/base/api/v1/x?a=b%26c");
  expect(sent[0]?.headers.get("signoz-api-key")).toBe("secret");
});

test("whole numbers are read to their last digit", () => {
  expect(parseJson('{"ns":1764055513123456789,"n":-9007199254740993,"f":1.5e300,"s":"12345678901234567890"}')).toEqual({
    ns: 1764055513123456789n,
    n: -9007199254740993n,
    f: 1.5e300,
    s: "12345678901234567890",
  });
});
