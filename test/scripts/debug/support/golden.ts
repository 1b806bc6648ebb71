import { expect } from "bun:test";

const directory = new URL("../golden/", import.meta.url);

/**
 * Compares lines with a file of `golden/`. `UPDATE_GOLDEN=1 bun test test/scripts/debug` writes the files anew: read the
 * difference before it is committed.
 */
export async function expectGolden(name: string, lines: readonly string[]): Promise<void> {
  const file = Bun.file(new URL(name, directory));
  const text = `${lines.join("\n")}\n`;
  if (process.env["UPDATE_GOLDEN"] === "1") await file.write(text);
  expect(text).toBe(await file.text());
}
