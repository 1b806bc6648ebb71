import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Span } from "../../../scripts/debug/model.ts";
import { drawBar } from "../../../scripts/debug/render/waterfall/bar.ts";
import { correctClocks } from "../../../scripts/debug/render/waterfall/clock-skew.ts";
import { findCriticalPath, selfTimeOf } from "../../../scripts/debug/render/waterfall/critical-path.ts";
import { renderWaterfall } from "../../../scripts/debug/render/waterfall/render-waterfall.ts";
import { buildTree, type SpanNode } from "../../../scripts/debug/render/waterfall/tree.ts";
import { atMs, madeTraceId, makeLog, makeSpan, makeTrace, spanIdOf, statement } from "./support/made-trace.ts";

const screen = { width: 100, colour: false };
const draw = (spans: readonly Span[], options = {}): readonly string[] =>
  renderWaterfall({ traceId: madeTraceId, spans, logs: [] }, { ...screen, ...options });
const treeOf = (spans: readonly Span[]) => buildTree({ traceId: madeTraceId, spans, logs: [] });

const anySpans = fc
  .uniqueArray(
    fc.record({
      id: fc.integer({ min: 1, max: 30 }),
      parent: fc.integer({ min: 1, max: 40 }),
      fromMs: fc.integer({ min: 0, max: 100 }),
      forMs: fc.integer({ min: 0, max: 100 }),
    }),
    { selector: ({ id }) => id, maxLength: 30 },
  )
  .map((parts) => parts.map(makeSpan));

test("every span has its place once, whatever parents the spans name: none, missing ones, each other", () => {
  fc.assert(
    fc.property(anySpans, (spans) => {
      const { nodes } = treeOf([...spans, ...spans.slice(0, 3)]);
      expect(nodes.map(({ span }) => span.spanId).toSorted()).toEqual(spans.map(({ spanId }) => spanId).toSorted());
    }),
  );
});

test("spans without their parent stand below it all the same, and circles are told", () => {
  const lines = draw([
    makeSpan({ id: 1, fromMs: 0, forMs: 10 }),
    makeSpan({ id: 2, parent: 0xabc, fromMs: 2, forMs: 3 }),
    makeSpan({ id: 3, parent: 4, fromMs: 5, forMs: 1 }),
    makeSpan({ id: 4, parent: 3, fromMs: 5, forMs: 1 }),
  ]).map((line) => line.trim());
  const missing = lines.findIndex((line) => line.startsWith(`? missing ${spanIdOf(0xabc)}`));
  expect(lines[missing + 1]).toStartWith("└ span 2");
  expect(lines.findIndex((line) => line.includes("! its parent"))).toBeGreaterThan(0);
  for (const id of [1, 2, 3, 4]) expect(lines.filter((line) => line.includes(`span ${id} `))).toHaveLength(1);
});

/** Spans that lie within their parents, as one clock measures them. */
const nestedSpans = fc
  .array(
    fc.record({
      up: fc.nat(),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 40 },
  )
  .map((parts) => {
    const spans = [makeSpan({ id: 1, fromMs: 0, forMs: 1_000 })];
    for (const [index, { up, from, length }] of parts.entries()) {
      const parent = spans[up % spans.length] as Span;
      const room = Number(parent.durationNs);
      const offset = Math.floor(room * from);
      const made = makeSpan({ id: index + 2, fromMs: 0, forMs: 0, parentSpanId: parent.spanId });
      spans.push({
        ...made,
        parentSpanId: parent.spanId,
        startNs: parent.startNs + BigInt(offset),
        durationNs: BigInt(Math.floor((room - offset) * length)),
      });
    }
    return spans;
  });

test("the critical path covers the time of its root exactly once", () => {
  fc.assert(
    fc.property(nestedSpans, (spans) => {
      const root = treeOf(spans).roots[0] as SpanNode;
      const intervals = [...findCriticalPath(root).values()].flat().toSorted((a, b) => Number(a.startNs - b.startNs));
      let reached = root.startNs;
      for (const { startNs, endNs } of intervals) {
        expect(startNs).toBe(reached);
        reached = endNs;
      }
      expect(reached).toBe(root.endNs);
    }),
  );
});

test("the critical path follows what ended last, not what ran beside it", () => {
  const { nodes, roots } = treeOf([
    makeSpan({ id: 1, fromMs: 0, forMs: 100 }),
    makeSpan({ id: 2, parent: 1, fromMs: 0, forMs: 40 }),
    makeSpan({ id: 3, parent: 1, fromMs: 10, forMs: 80 }),
    makeSpan({ id: 4, parent: 1, fromMs: 20, forMs: 5 }),
  ]);
  const path = findCriticalPath(roots[0] as SpanNode);
  expect(nodes.filter((node) => path.has(node)).map(({ span }) => span.name)).toEqual(["span 1", "span 3"]);
});

test("self time is what is left when none of the children runs, counted once where they overlap", () => {
  const [root] = treeOf([
    makeSpan({ id: 1, fromMs: 0, forMs: 100 }),
    makeSpan({ id: 2, parent: 1, fromMs: 10, forMs: 30 }),
    makeSpan({ id: 3, parent: 1, fromMs: 20, forMs: 30 }),
    makeSpan({ id: 4, parent: 1, fromMs: 90, forMs: 60 }),
  ]).nodes;
  expect(selfTimeOf(root as SpanNode)).toBe(50_000_000n);
  fc.assert(
    fc.property(anySpans, (spans) => {
      for (const node of treeOf(spans).nodes) {
        const self = selfTimeOf(node);
        expect(self >= 0n && self <= node.endNs - node.startNs).toBe(true);
      }
    }),
  );
});

test("bars are to scale, to an eighth of a column at their ends, and never invisible", () => {
  const scale = { startNs: 0n, durationNs: 80n, columns: 10 };
  const bar = (startNs: bigint, endNs: bigint) => drawBar([{ startNs, endNs }], scale).join("");
  expect(bar(0n, 80n)).toBe("██████████");
  expect(bar(8n, 27n)).toBe(" ██▍      ");
  expect(bar(0n, 1n)).toBe("▏         ");
  expect(bar(80n, 80n)).toBe("         ▕");
  expect(bar(20n, 32n)).toBe("  ▐█      ");
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10_000n }), fc.bigInt({ min: 0n, max: 10_000n }), (startNs, lengthNs) => {
      const wide = { startNs: 0n, durationNs: 10_000n, columns: 40 };
      const endNs = startNs + lengthNs > 10_000n ? 10_000n : startNs + lengthNs;
      const cells = drawBar([{ startNs, endNs }], wide);
      const inked = cells.flatMap((each, index) => (each === " " ? [] : [index]));
      const [first = -1, last = -1] = [inked[0], inked.at(-1)];
      expect(cells).toHaveLength(40);
      expect(Math.abs(first - Math.floor(Number(startNs) / 250))).toBeLessThanOrEqual(1);
      expect(Math.abs(last + 1 - Math.ceil(Number(endNs) / 250))).toBeLessThanOrEqual(1);
      expect(inked).toHaveLength(last - first + 1);
    }),
  );
});

test("a span of another service that cannot have begun when it says is moved into its parent, with all below it, and said to be", () => {
  const spans = [
    makeSpan({ id: 1, fromMs: 0, forMs: 100, kind: "client" }),
    makeSpan({ id: 2, parent: 1, fromMs: -500, forMs: 60, kind: "server", serviceName: "other" }),
    makeSpan({ id: 3, parent: 2, fromMs: -490, forMs: 10, serviceName: "other" }),
  ];
  const tree = treeOf(spans);
  correctClocks(tree);
  expect(tree.nodes.map(({ startNs }) => startNs)).toEqual([atMs(0), atMs(20), atMs(30)]);
  expect(draw(spans).filter((line) => line.includes("clock skew: moved by 520 ms"))).toHaveLength(2);
});

test("within one service a child that ends after its parent is left as it is", () => {
  const tree = treeOf([
    makeSpan({ id: 1, fromMs: 0, forMs: 10 }),
    makeSpan({ id: 2, parent: 1, fromMs: 5, forMs: 50 }),
  ]);
  correctClocks(tree);
  expect(tree.nodes.map(({ skewNs }) => skewNs)).toEqual([0n, 0n]);
});

test("statements that repeat are one row that says how often and how long in all; one that failed has its own", () => {
  const select = statement("SELECT a");
  const spans = [
    makeSpan({ id: 1, fromMs: 0, forMs: 100 }),
    ...[2, 3, 4, 5].map((id) => makeSpan({ ...select, id, parent: 1, fromMs: id * 10, forMs: 2 })),
    makeSpan({ ...select, id: 6, parent: 1, fromMs: 60, forMs: 2, status: "error", statusMessage: "57014" }),
  ];
  const lines = draw(spans);
  expect(lines[1]).toBe("✗ 1 failed · 5 statements, 10.0 ms, 1 failed · SELECT a ×5, 10.0 ms");
  expect(lines.filter((line) => /SELECT a ×4 +Σ8.00 ms/.test(line))).toHaveLength(1);
  expect(lines.filter((line) => line.includes("✗ SELECT a"))).toHaveLength(1);
  expect(lines.join("\n")).toContain("· 57014");
});

for (const [shape, parentOf] of [
  ["side by side", () => 1],
  ["each below the other", (id: number) => id - 1],
  ["each below a parent of its own that is missing", (id: number) => 100_000 + id],
] as const) {
  test(`of 10,000 spans ${shape} as many are drawn as are asked for, and the rest is counted`, () => {
    const spans = Array.from({ length: 10_000 }, (_, index) => {
      const id = index + 1;
      const parts = { id, fromMs: index / 10, forMs: 2_000 - index / 10, name: `n${id}` };
      return makeSpan(id === 1 ? parts : { ...parts, parent: parentOf(id) });
    });
    const lines = draw(spans, { spansMax: 250 });
    expect(lines.length).toBeLessThan(520);
    const drawn = lines.filter((line) => /\bn\d+ /.test(line) || /n\d+…/.test(line));
    expect(drawn).toHaveLength(250);
    expect(lines.join(" ")).toContain("left out: 9,750 of 10,000 spans");
    expect(lines.filter((line) => Bun.stringWidth(line) > screen.width)).toEqual([]);
  });
}

test("a span that failed is drawn though 10,000 longer ones are there", () => {
  const spans = Array.from({ length: 10_000 }, (_, index) =>
    makeSpan({ id: index + 2, parent: 1, fromMs: 1, forMs: 50, name: `n${index}` }),
  );
  const failed = makeSpan({ id: 20_000, parent: 1, fromMs: 60, forMs: 0.001, status: "error", name: "the culprit" });
  const lines = draw([makeSpan({ id: 1, fromMs: 0, forMs: 100 }), ...spans, failed], { spansMax: 20 });
  expect(lines.join("\n")).toContain("✗ the culprit");
});

test("log lines beyond the bound are counted, and the gravest are shown", () => {
  const spans = [makeSpan({ id: 1, fromMs: 0, forMs: 100 })];
  const noise = Array.from({ length: 500 }, (_, index) => makeLog(index / 10, { span: 1, message: `noise ${index}` }));
  const trace = {
    traceId: madeTraceId,
    spans,
    logs: [...noise, makeLog(99, { span: 1, level: "error", message: "the reason" })],
  };
  const lines = renderWaterfall(trace, { ...screen, notesMax: 20 });
  expect(lines.join("\n")).toContain("the reason");
  expect(lines.filter((line) => line.includes("noise "))).toHaveLength(19);
  expect(lines.join("\n")).toContain("left out: 481 log lines, events or links");
});

test("log lines stand below their span, in the order of time, and those of no span at the end", () => {
  const lines = renderWaterfall(makeTrace(), screen);
  const at = (text: string) => lines.findIndex((line) => line.includes(text));
  expect(at("ledger.record_entries")).toBeLessThan(at("slow statement"));
  expect(at("slow statement")).toBeLessThan(at("COMMIT"));
  expect(at("log lines of no span")).toBe(at("key usage was written") - 1);
  expect(at("x\\u001b")).toBe(-1);
});

test("a trace of log lines alone is told as such", () => {
  const lines = renderWaterfall({ traceId: madeTraceId, spans: [], logs: [makeLog(1, { message: "alone" })] }, screen);
  expect(lines[0]).toContain("no spans");
  expect(lines.join("\n")).toContain("alone");
});
