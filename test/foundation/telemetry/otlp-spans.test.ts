import { expect, test } from "bun:test";
import { createRequire } from "node:module";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import fc from "fast-check";
import { createSpanSerializer } from "../../../src/foundation/telemetry/otlp-spans.ts";

interface MessageType {
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown, options: Readonly<Record<string, unknown>>): Record<string, unknown>;
}

const { getProtoRoot } = createRequire(import.meta.url)("@elastic/mockotlpserver/lib/proto.js") as {
  getProtoRoot(): { lookupType(name: string): MessageType };
};
const message = getProtoRoot().lookupType("opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest");

/** As another library reads it, absent fields by their defaults. */
function decode(bytes: Uint8Array | undefined): Record<string, unknown> {
  const options = { longs: String, enums: String, bytes: String, defaults: true, arrays: true };
  return message.toObject(message.decode(bytes ?? new Uint8Array()), options);
}

const text = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.string({ unit: "binary", maxLength: 80 }).filter((each) => each.isWellFormed()),
  fc.constant("x".repeat(20_000)),
);
const scalar = fc.oneof(
  text,
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noInteger: true }),
);
const attributes = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 60 }),
  fc.oneof(scalar, fc.array(text, { maxLength: 4 })),
  {
    noNullPrototype: true,
  },
);
const hex = (length: number) =>
  fc
    .array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length })
    .map((digits) => digits.join(""));
const time = fc.tuple(fc.nat(2 ** 31), fc.nat(999_999_999));
const spanContext = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: fc.constantFrom(0, 1),
  isRemote: fc.boolean(),
});

const resource = resourceFromAttributes({ "service.name": "books", "service.instance.id": "1" });
const scopes = [{ name: "one", version: "1.0.0" }, { name: "two" }];

const span = fc
  .record({
    own: spanContext,
    parentSpanContext: fc.option(spanContext, { nil: undefined }),
    name: text,
    kind: fc.nat(4),
    startTime: time,
    endTime: time,
    status: fc.constantFrom({ code: 0 }, { code: 1 }, { code: 2 }, { code: 2, message: "why" }),
    attributes,
    events: fc.array(fc.record({ name: text, time, attributes, droppedAttributesCount: fc.nat(3) }), { maxLength: 3 }),
    links: fc.array(fc.record({ context: spanContext, attributes }), { maxLength: 3 }),
    droppedAttributesCount: fc.nat(300),
    droppedEventsCount: fc.nat(3),
    droppedLinksCount: fc.nat(3),
    instrumentationScope: fc.constantFrom(...scopes),
  })
  .map(({ own, ...rest }) => ({ ...rest, resource, spanContext: () => own }) as unknown as ReadableSpan);

test("spans are written as the SDK's own serialiser writes them, for a reader that is neither's", () => {
  const serialize = createSpanSerializer();
  fc.assert(
    fc.property(fc.array(span, { maxLength: 6 }), (spans) => {
      expect(decode(serialize(spans))).toEqual(decode(ProtobufTraceSerializer.serializeRequest(spans)));
    }),
    { numRuns: 50 },
  );
});

test("what outgrows the writer's first buffer arrives whole, and the next batch begins anew", () => {
  const serialize = createSpanSerializer();
  const [one] = fc.sample(span, { numRuns: 1, seed: 7 });
  if (one === undefined) throw new Error("nothing was generated");
  const many = Array.from({ length: 100 }, (_, index) => ({ ...one, name: `span ${index}` }));
  expect(serialize(many).length).toBeGreaterThan(70_000);
  const asText = (bytes: Uint8Array | undefined) => JSON.stringify(decode(bytes));
  expect(asText(serialize(many)) === asText(ProtobufTraceSerializer.serializeRequest(many))).toBe(true);
  expect(decode(serialize([one]))).toEqual(decode(ProtobufTraceSerializer.serializeRequest([one])));
});
