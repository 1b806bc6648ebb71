import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type FakeSigNoz, failure, startFakeSigNoz } from "./support/fake-signoz.ts";
import { leadingTo, script } from "./support/run-debug.ts";
import { makeLog, makeRequest } from "./support/telemetry.ts";
import { tmux, withTerminal } from "./support/terminal.ts";

const title = "in a terminal";

test("CI has a terminal to test in", () => {
  if (process.env["CI"] === "true") expect(tmux).not.toBeNull();
});

describe.skipIf(tmux === null)(tmux === null ? `${title} (skipped: tmux is not installed)` : title, () => {
  let signoz: FakeSigNoz;
  beforeAll(() => {
    signoz = startFakeSigNoz();
  });
  afterAll(async () => {
    expect(signoz.faults).toEqual([]);
    await signoz.stop();
  });

  const inTerminal = (args: readonly string[], columns: number, work: Parameters<typeof withTerminal>[2]) =>
    withTerminal([process.execPath, script, ...args], { env: leadingTo(signoz), columns, lines: 30 }, work);

  test("logs -f shows what is there, then what comes in, over a cut stream too, and ends with Ctrl-C", async () => {
    signoz.feed({ logs: [makeLog({ message: "before it began" })] });
    await inTerminal(["logs", "-f"], 100, async (terminal) => {
      await terminal.until("before it began");
      for (let at = 0; at < 4; at += 1) {
        signoz.feed({ logs: [makeLog({ message: `came in as number ${at}`, level: "error" })] });
        await terminal.until(`came in as number ${at}`);
        signoz.cutStreams();
      }
      const evil = "\u001b[2J\u001b]0;owned\u0007\u001b[1;1Hforged";
      signoz.feed({ logs: [makeLog({ message: evil })] });
      await terminal.until("forged");
      const shown = await terminal.history();
      const order = [...shown.matchAll(/before it began|number \d|forged/g)].map(([text]) => text);
      expect(order).toEqual(["before it began", "number 0", "number 1", "number 2", "number 3", "forged"]);
      await terminal.press("C-c");
      await terminal.until("[status 0]");
    });
  }, 60_000);

  test("a trace is as wide as the terminal", async () => {
    const request = makeRequest({ atMs: Date.now() - 60_000, route: "/r" });
    signoz.feed(request);
    for (const columns of [60, 80, 132]) {
      await inTerminal(["trace", request.traceId], columns, async (terminal) => {
        const shown = await terminal.until("[status 0]");
        const widths = shown.split("\n").map((line) => Bun.stringWidth(line));
        expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
        expect(shown.split("\n").filter((line) => Bun.stringWidth(line) === columns).length).toBeGreaterThan(0);
      });
    }
  }, 60_000);

  test("a long wait is shown to be one, and leaves nothing behind", async () => {
    const gate = Promise.withResolvers<null>();
    signoz.intercept(() => gate.promise as unknown as Promise<Response>);
    await inTerminal(["errors"], 80, async (terminal) => {
      await terminal.until(/counting errors \(\d+ s\)/);
      signoz.intercept(() => failure(403, "no"));
      gate.resolve(null);
      const shown = await terminal.until("[status 1]");
      expect(shown).not.toContain("counting errors");
    });
    signoz.intercept(null);
  }, 60_000);
});
