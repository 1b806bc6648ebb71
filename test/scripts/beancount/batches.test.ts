import { expect, test } from "bun:test";
import fc from "fast-check";
import { cutBatches } from "../../../scripts/client/batches.ts";
import { ProgressLine } from "../../../scripts/client/progress.ts";

test("batches keep every item once and in order, and stay within both bounds", () => {
  const bounds = { itemsMax: 7, bytesMax: 400 };
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 60 })), (texts) => {
      const batches = cutBatches(
        texts.map((text) => ({ body: { text } })),
        bounds,
      );
      expect(batches.flat().map(({ body }) => body.text)).toEqual(texts);
      for (const batch of batches) {
        const bytes = new TextEncoder().encode(JSON.stringify({ entries: batch.map(({ body }) => body) })).length;
        expect(batch.length).toBeLessThanOrEqual(bounds.itemsMax);
        expect(batch.length).toBeGreaterThan(0);
        if (batch.length > 1) expect(bytes).toBeLessThanOrEqual(bounds.bytesMax);
      }
    }),
  );
});

test("progress is one line that updates itself on a terminal, plain lines elsewhere", () => {
  const written = (isTTY: boolean): string => {
    let text = "";
    const line = new ProgressLine({ isTTY, write: (part) => (text += part) });
    for (let done = 1; done <= 51; done++) line.update("entries", done, 51);
    line.say("waiting");
    return text;
  };
  expect(written(false)).toBe("entries 50/51\nentries 51/51\nwaiting\n");
  const terminal = written(true);
  expect(terminal).toEndWith("\r\u001b[Kentries 51/51\nwaiting\n");
  expect(terminal.split("\n")).toHaveLength(3);
});
