import { expect, test } from "bun:test";
import { renderWaterfall } from "../../../scripts/debug/render/waterfall/render-waterfall.ts";
import { expectGolden } from "./support/golden.ts";
import { withoutStyles } from "./support/hostile-text.ts";
import { makeTrace } from "./support/made-trace.ts";

for (const width of [80, 120, 200]) {
  test(`a waterfall ${width} columns wide looks as it did`, async () => {
    const plain = renderWaterfall(makeTrace(), { width, colour: false });
    await expectGolden(`waterfall-${width}.txt`, plain);
    expect(plain.filter((line) => Bun.stringWidth(line) > width)).toEqual([]);
    const coloured = renderWaterfall(makeTrace(), { width, colour: true });
    await expectGolden(`waterfall-${width}-coloured.txt`, coloured);
    expect(coloured.map(withoutStyles)).toEqual([...plain]);
  });
}
