import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  addToRequestLine,
  bindLogContext,
  countInRequestLine,
  keepLogContext,
  withLogContext,
} from "../../../src/foundation/logging/index.ts";
import { findLogScope } from "../../../src/foundation/logging/log-context.ts";
import { captureLines } from "./support/capture-lines.ts";

test("what is bound to a request reaches each of its lines, across awaits and timers, and no other request's", async () => {
  const { logger, lines } = captureLines();
  const work = async (request: number): Promise<void> => {
    logger.info("begun");
    await new Promise((resolve) => setTimeout(resolve, (request * 7) % 5));
    bindLogContext({ "user.id": `u-${request}` });
    await Promise.all([1, 2].map(async (part) => logger.info("part", { part })));
    setTimeout(() => logger.info("late"), 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const requests = Array.from({ length: 50 }, (_, index) => index);
  await Promise.all(requests.map((index) => withLogContext({ request_id: `r-${index}` }, () => work(index))));
  logger.info("outside");
  const read = lines.map((line) => JSON.parse(line));
  for (const index of requests) {
    const own = read.filter((line) => line.request_id === `r-${index}`);
    expect(own.map((line) => line["user.id"])).toEqual([undefined, ...Array(3).fill(`u-${index}`)]);
  }
  expect(read).toHaveLength(201);
  expect(read.at(-1)).toEqual({ timestamp: expect.any(String), level: "info", message: "outside" });
});

test("an inner context adds to the outer one and ends with its function, and a line's own field is the one that counts", () => {
  const { logger, last, lines } = captureLines();
  withLogContext({ a: 1, b: 1 }, () => {
    withLogContext({ b: 2 }, () => logger.info("m", { c: 3 }));
    expect(last()).toMatchObject({ a: 1, b: 2, c: 3 });
    logger.child({ b: 0, d: 4 }).info("m");
    expect(last()).toMatchObject({ a: 1, b: 1, d: 4 });
    logger.info("m", { b: 5 });
    expect(last()).toMatchObject({ a: 1, b: 5 });
    expect(lines.at(-1)?.match(/"b":/g)).toHaveLength(1);
    bindLogContext({ a: undefined });
    logger.info("m");
    expect(last()).not.toHaveProperty("a");
  });
});

test("a callback that is kept runs in the context in which it was made", () => {
  const { logger, last } = captureLines();
  const kept = withLogContext({ request_id: "r-1" }, () =>
    keepLogContext((part: number) => logger.info("m", { part })),
  );
  withLogContext({ request_id: "r-2" }, () => kept(1));
  expect(last()).toMatchObject({ request_id: "r-1", part: 1 });
});

test("FT.LOG.2 what is bound is plain, redacted and bounded like any field", () => {
  const { logger, last } = captureLines();
  const given = { password: "hunter2", note: "token=abc", when: new Date(0), long: "x".repeat(100_000), n: 1n };
  withLogContext(given, () => logger.info("m"));
  expect(last()).toMatchObject({
    password: "[redacted]",
    note: "token=[redacted]",
    when: "1970-01-01T00:00:00.000Z",
    n: "1",
  });
  logger.child(given).info("m");
  expect(last()).toMatchObject({ password: "[redacted]", note: "token=[redacted]" });
  expect(JSON.stringify(last()).length).toBeLessThan(21_000);
});

test("what is added to the request's line, from inner contexts too, is there once and counted up", () => {
  withLogContext({}, () => {
    addToRequestLine({ "idempotency.replayed": true });
    withLogContext({ inner: 1 }, () => {
      countInRequestLine("db.query.count", 1);
      countInRequestLine("db.query.count", 2);
    });
    expect(findLogScope()?.requestLine).toEqual({ "idempotency.replayed": true, "db.query.count": 3 });
  });
  addToRequestLine({ lost: true });
  countInRequestLine("lost", 1);
  expect(findLogScope()).toBeNull();
});

test("whatever is bound and logged, a line names no field twice", () => {
  const key = fc.constantFrom(
    "a",
    "b",
    "trace_id",
    "span_id",
    "level",
    "message",
    "timestamp",
    "__proto__",
    "toString",
  );
  const fields = fc.dictionary(key, fc.integer({ min: 0, max: 9 }));
  const trace = fc.option(fc.constant({ traceId: "1".repeat(32), spanId: "2".repeat(16) }), { nil: undefined });
  fc.assert(
    fc.property(fields, fields, fields, trace, (bound, context, own, ids) => {
      const { logger, lines } = captureLines();
      withLogContext(context, () => logger.child(bound).info("m", own), ids);
      const names = Array.from((lines[0] ?? "").matchAll(/"([^"]+)":/g), ([, name]) => name);
      expect(new Set(names).size).toBe(names.length);
      const expected: Record<string, number> = { ...bound, ...context, ...own };
      expect(JSON.parse(lines[0] ?? "")["a"]).toBe(expected["a"]);
    }),
  );
});
