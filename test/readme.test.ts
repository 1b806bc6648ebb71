import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startApi } from "./support/api-process.ts";
import { withScratchDirectory } from "./support/scratch-directory.ts";

const readme = fileURLToPath(new URL("../README.md", import.meta.url));
const curl = Bun.which("curl") !== null && Bun.which("bash") !== null;

/** The first fenced block of a language below a heading. */
function blockOf(text: string, heading: string, language: string): string {
  const section = text.slice(text.indexOf(`\n## ${heading}\n`));
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1];
  if (block === undefined) throw new Error(`README has no ${language} block under ${heading}`);
  return block;
}

test.skipIf(!curl)(
  `the README's first entry gives what the README shows${curl ? "" : " (needs curl and bash)"}`,
  async () => {
    const text = await readFile(readme, "utf8");
    const commands = blockOf(text, "A first entry", "sh");
    const shown = blockOf(text, "A first entry", "json").trim();
    await withScratchDirectory(async (directory) => {
      const api = await startApi({ cwd: directory });
      try {
        const script = commands.replace("http://127.0.0.1:3000", api.url);
        expect(script).not.toBe(commands);
        const run = Bun.spawn(["bash", "-euc", script], { stdout: "pipe", stderr: "pipe" });
        const output = await new Response(run.stdout).text();
        expect(await run.exited).toBe(0);
        expect(output.trimEnd().split("\n").at(-1)).toBe(shown);
      } finally {
        expect(await api.end("SIGTERM")).toBe(0);
      }
    });
  },
  60_000,
);
