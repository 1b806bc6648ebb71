import { expect, test } from "bun:test";
import { logException, logTiming, withExternalApiLog } from "../../../src/foundation/logging/index.ts";
import { captureLines } from "./support/capture-lines.ts";

/** A clock on which each look is 2.5 ms later. */
function ticking(): () => number {
  let now = 0;
  return () => (now += 2.5);
}

test("AC12.6.1 logTiming around a synchronous function logs the operation and duration_ms, and gives its value", () => {
  const { logger, last, lines } = captureLines();
  expect(logTiming(logger, "sum", () => 42, { elapsedMs: ticking() })).toBe(42);
  expect(lines).toHaveLength(1);
  expect(last()).toMatchObject({ level: "info", message: "sum", operation: "sum", duration_ms: 2.5, success: true });
});

test("AC12.6.2 logTiming logs the context it was given, around an asynchronous body too", async () => {
  const { logger, last } = captureLines();
  logTiming(logger, "sync", () => undefined, { context: { book_id: "b-1" } });
  expect(last()).toMatchObject({ operation: "sync", book_id: "b-1" });
  await logTiming(logger, "async", async () => undefined, { context: { book_id: "b-2" } });
  expect(last()).toMatchObject({ operation: "async", book_id: "b-2" });
});

test("AC12.6.3 what the body adds to its context is in the line, and the caller's context stays as it was", async () => {
  const { logger, last } = captureLines();
  const context = { rows: 0 };
  await logTiming(
    logger,
    "import",
    async (added) => {
      added["rows"] = 7;
      await Promise.resolve();
      added["file"] = "a.csv";
    },
    { context },
  );
  expect(last()).toMatchObject({ rows: 7, file: "a.csv" });
  expect(context).toEqual({ rows: 0 });
});

test("AC12.6.4 logTiming logs at the level it was given, and not at all below the logger's", () => {
  const { logger, last, lines } = captureLines({ level: "debug" });
  logTiming(logger, "m", () => 1, { level: "debug" });
  expect(last()).toMatchObject({ level: "debug" });
  logTiming(logger, "m", () => 1, { level: "trace" });
  expect(lines).toHaveLength(1);
});

test("AC12.16.1 logTiming around an asynchronous function logs once it has settled, failures too, and passes both on", async () => {
  const { logger, last, lines } = captureLines();
  const { promise, resolve } = Promise.withResolvers<number>();
  const timed = logTiming(logger, "wait", () => promise, { elapsedMs: ticking() });
  await Promise.resolve();
  expect(lines).toHaveLength(0);
  resolve(7);
  expect(await timed).toBe(7);
  expect(last()).toMatchObject({ operation: "wait", duration_ms: 2.5, success: true });
  const failure = new RangeError("no");
  const failed = logTiming(logger, "wait", () => Promise.reject(failure));
  expect(await failed.catch((error: unknown) => error)).toBe(failure);
  expect(last()).toMatchObject({ operation: "wait", success: false, error: { type: "RangeError", message: "no" } });
  const thrower = () => {
    throw failure;
  };
  expect(() => logTiming(logger, "throw", thrower)).toThrow(failure);
  expect(last()).toMatchObject({ operation: "throw", success: false });
});

test("AC12.16.2 logTiming around an asynchronous function logs its context, also when it fails", async () => {
  const { logger, last } = captureLines();
  const context = { file: "a.csv" };
  const body = async (added: Record<string, unknown>) => {
    await Promise.resolve();
    added["rows"] = 7;
    throw new Error("no");
  };
  await logTiming(logger, "import", body, { context, level: "warn" }).catch(() => undefined);
  expect(last()).toMatchObject({ level: "warn", operation: "import", file: "a.csv", rows: 7, success: false });
});

const options = { service: "bank", elapsedMs: ticking() };

test("AC12.7.1 a wrapped synchronous call logs service, function, duration and success, and gives what it gave", () => {
  const { logger, last, lines } = captureLines();
  function fetchRate(currency: string): string {
    return `${currency}: 1.1`;
  }
  expect(withExternalApiLog(logger, options, fetchRate)("EUR")).toBe("EUR: 1.1");
  const named = { service: "bank", function: "fetchRate", duration_ms: 2.5, success: true };
  expect(last()).toMatchObject({ level: "info", message: "external call", ...named });
  withExternalApiLog(logger, { ...options, function: "rates.get", level: "debug" }, fetchRate)("EUR");
  expect(last()).toMatchObject({ level: "debug", function: "rates.get" });
  expect(lines.join()).not.toContain("EUR");
});

test("AC12.7.2 when it fails, error and error type are logged and the same error is thrown on", () => {
  const { logger, last } = captureLines();
  const failure = new TypeError("refused");
  const call = withExternalApiLog(logger, options, function charge() {
    throw failure;
  });
  expect(call).toThrow(failure);
  expect(last()).toMatchObject({
    level: "error",
    service: "bank",
    function: "charge",
    success: false,
    duration_ms: 2.5,
  });
  expect(last()).toMatchObject({ "error.type": "TypeError", error: { message: "refused" } });
});

test("AC12.7.3 an asynchronous call that succeeds is logged alike, once it has settled", async () => {
  const { logger, last, lines } = captureLines();
  const { promise, resolve } = Promise.withResolvers<string>();
  const call = withExternalApiLog(logger, options, function charge() {
    return promise;
  })();
  await Promise.resolve();
  expect(lines).toHaveLength(0);
  resolve("done");
  expect(await call).toBe("done");
  expect(last()).toMatchObject({ service: "bank", function: "charge", success: true, duration_ms: 2.5 });
});

test("AC12.7.4 an asynchronous call that fails is logged alike, and rejects with the same error", async () => {
  const { logger, last } = captureLines();
  const failure = new TypeError("refused");
  const call = withExternalApiLog(logger, options, async function charge() {
    throw failure;
  });
  expect(await call().catch((error: unknown) => error)).toBe(failure);
  expect(last()).toMatchObject({
    level: "error",
    success: false,
    "error.type": "TypeError",
    error: { message: "refused" },
  });
});

const secretArgs = ["4111", { apiVersion: "v9-value", amount: 12_345 }] as const;

test("AC12.7.5 with logArgs the number of arguments and an options object's key names are logged, never a value", () => {
  const { logger, last, lines } = captureLines();
  const call = withExternalApiLog(logger, { service: "bank", logArgs: true }, (..._args: readonly unknown[]) => 1);
  call(...secretArgs);
  expect(last()).toMatchObject({ args_count: 2, args_keys: ["apiVersion", "amount"] });
  call();
  expect(last()).toMatchObject({ args_count: 0 });
  expect(last()).not.toHaveProperty("args_keys");
  for (const value of ["4111", "v9-value", "12345"]) expect(lines.join()).not.toContain(value);
});

test("AC12.17.1 an asynchronous call with logArgs logs the counts", async () => {
  const { logger, last } = captureLines();
  await withExternalApiLog(
    logger,
    { service: "bank", logArgs: true },
    async (..._args: readonly unknown[]) => 1,
  )(...secretArgs);
  expect(last()).toMatchObject({ success: true, args_count: 2, args_keys: ["apiVersion", "amount"] });
});

test("AC12.17.2 an asynchronous call that fails logs them too", async () => {
  const { logger, last } = captureLines();
  const call = withExternalApiLog(logger, { service: "bank", logArgs: true }, (..._args: readonly unknown[]) =>
    Promise.reject(new Error("no")),
  );
  await call(...secretArgs).catch(() => undefined);
  expect(last()).toMatchObject({
    success: false,
    args_count: 2,
    args_keys: ["apiVersion", "amount"],
    error: { message: "no" },
  });
});

test("AC12.8.1 logException logs message, error type and context", () => {
  const { logger, last } = captureLines();
  logException(logger, new RangeError("too far", { cause: new TypeError("why") }), { context: "closing a period" });
  expect(last()).toMatchObject({
    level: "error",
    message: "too far",
    "error.type": "RangeError",
    context: "closing a period",
  });
  expect(last()).toMatchObject({
    error: { stack: expect.stringContaining("log-timing.test.ts"), cause: { type: "TypeError" } },
  });
  logException(logger, "only text");
  expect(last()).toMatchObject({ message: "only text", "error.type": "string" });
});

test("AC12.8.2 logException logs the extra fields it was given", () => {
  const { logger, last } = captureLines();
  logException(logger, new Error("x"), { fields: { book_id: "b-1", attempt: 3 } });
  expect(last()).toMatchObject({ message: "x", book_id: "b-1", attempt: 3 });
});

test("AC12.8.3 logException leaves every stack out when told so", () => {
  const { logger, lines, last } = captureLines();
  const error = new AggregateError([new Error("one")], "all", { cause: new TypeError("why") });
  logException(logger, error, { stack: false });
  expect(last()).toMatchObject({
    error: { type: "AggregateError", cause: { message: "why" }, errors: [{ message: "one" }] },
  });
  expect(lines.join()).not.toContain("log-timing.test.ts");
});

test("AC12.8.4 logException logs at another level when told so", () => {
  const { logger, last } = captureLines();
  for (const level of ["warn", "fatal", "debug"] as const) {
    logException(logger, new Error("x"), { level });
    expect(last()).toMatchObject({ level, message: "x" });
  }
});
