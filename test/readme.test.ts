import { describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startApi } from "./support/api-process.ts";
import { withScratchDirectory } from "./support/scratch-directory.ts";

const readText = (path: string) => readFile(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
const [readme, ledger] = [await readText("README.md"), await readText("docs/ledger.md")];
const curl = Bun.which("curl") !== null && Bun.which("bash") !== null;

/** The first fenced block of a language below a heading. */
function blockOf(text: string, heading: string, language: string): string {
  const section = text.slice(text.indexOf(`\n## ${heading}\n`));
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1];
  if (block === undefined) throw new Error(`there is no ${language} block under ${heading}`);
  return block;
}

const firstEntry = blockOf(readme, "A first entry", "sh");

/** What commands of the documents print, against an API of their own. */
async function run(commands: string): Promise<string[]> {
  let lines: string[] = [];
  await withScratchDirectory(async (directory) => {
    const api = await startApi({ cwd: directory });
    try {
      const script = commands.replace("http://127.0.0.1:3000", api.url);
      expect(script).not.toBe(commands);
      const shell = Bun.spawn(["bash", "-euc", script], { stdout: "pipe", stderr: "pipe" });
      lines = (await new Response(shell.stdout).text()).split("\n").filter((line) => line !== "");
      expect(await shell.exited).toBe(0);
    } finally {
      expect(await api.end("SIGTERM")).toBe(0);
    }
  });
  return lines;
}

describe.skipIf(!curl)(`what the documents show${curl ? "" : " (needs curl and bash)"}`, () => {
  test("the README's first entry gives what the README shows", async () => {
    expect((await run(firstEntry)).at(-1)).toBe(blockOf(readme, "A first entry", "json").trim());
  }, 60_000);

  test("the ledger's walk goes from a draft to a restated statement, and all of it holds", async () => {
    const lines = await run(`${firstEntry}\n${blockOf(ledger, "A walk through", "sh")}`);
    expect(JSON.parse(lines.at(-1) ?? "")).toEqual(JSON.parse(blockOf(ledger, "A walk through", "json")));
    expect(lines.filter((line) => line.includes('"error_id"'))).toEqual([]);
    expect(lines).toContain("PERIOD_LOCKED");
    const sheets = lines.filter((line) => line.includes('"conversions"')).map((line) => JSON.parse(line));
    const cash = sheets.map(({ assets }) => assets.rows[0].amount);
    expect(cash).toEqual(["2350.00", "2400.00"]);
    const changes = lines.find((line) => line.includes('"effect"')) ?? "{}";
    expect(JSON.parse(changes).items.map(({ memo }: { memo: string }) => memo)).toEqual(["Repairs, invoiced late"]);
    expect(lines).toContain('option "title" "Personal"');
  }, 60_000);
});
