import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createImportKey } from "../support/api-key.ts";
import { startApi } from "../support/api-process.ts";
import { withScratchDirectory } from "../support/scratch-directory.ts";

const script = fileURLToPath(new URL("../../scripts/import-beancount.ts", import.meta.url));
const book = fileURLToPath(new URL("../../../shared/fixtures/beancount/example.beancount", import.meta.url));
const present = existsSync(book);

test.skipIf(!present)(
  `a book of 1,044 transactions goes in over HTTP through a rate limit, and its 82 assertions hold${present ? "" : " (needs the fixture)"}`,
  async () => {
    await withScratchDirectory(async (directory) => {
      const api = await startApi({
        cwd: directory,
        env: { API_RATE_LIMIT_REQUESTS: "60", API_RATE_LIMIT_WINDOW: "4" },
      });
      try {
        const run = Bun.spawn([process.execPath, script, book, "--url", api.url], {
          env: { ...process.env, FOOTING_API_KEY: (await createImportKey(api.url)).key },
          stdout: "pipe",
          stderr: "pipe",
        });
        const output = await new Response(run.stdout).text();
        expect(await run.exited).toBe(0);
        expect(output).toMatch(/^imported +9 commodities, 61 accounts, 846 prices, 1044 entries/m);
        expect(output).toMatch(/^assertions +82 held, 0 failed$/m);
        const totals = [...output.matchAll(/^trial balance +(\S+) debit (\S+) credit (\S+)$/gm)];
        expect(totals.map(([, commodity]) => commodity)).toEqual(["IRAUSD", "USD", "VACHR"]);
        for (const [, , debit, credit] of totals) expect(debit).toBe(credit);
        expect(api.lines.some((line) => line.includes("RATE_LIMITED"))).toBe(true);
      } finally {
        await api.end("SIGTERM");
      }
    });
  },
  60_000,
);
