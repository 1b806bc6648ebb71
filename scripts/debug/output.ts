import { makeSafe } from "./render/safe-text.ts";
import type { Screen } from "./render/screen.ts";
import type { Environment } from "./settings.ts";

export interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Where a run writes to. What is drawn goes to standard output, and to the width and colours of its terminal. */
export interface Output extends Screen {
  /** What was asked for: lines of text that were made safe, or an object as a line of JSON. */
  lines(texts: readonly string[]): void;
  record(value: Readonly<Record<string, unknown>>): void;
  /** What is said besides. */
  note(text: string): void;
  readonly isJson: boolean;
  /** Waits for something, and shows that it is being waited for. */
  during<T>(what: string, work: Promise<T>): Promise<T>;
}

const widthOffTerminal = 120;
/** When a wait is first shown, and how often after that: on a terminal, and elsewhere. */
const shown = { terminal: { afterMs: 400, everyMs: 200 }, elsewhere: { afterMs: 5_000, everyMs: 10_000 } } as const;
const turning = ["|", "/", "-", "\\"];

/** Data goes to `out` and everything else to `err`. Colour is for a terminal alone, and not under NO_COLOR. */
export function createOutput(streams: {
  readonly out: Stream;
  readonly err: Stream;
  readonly env: Environment;
  readonly isJson: boolean;
}): Output {
  const { out, err, env, isJson } = streams;
  return {
    isJson,
    colour: out.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb",
    width: widthOf(out, env),
    lines: (texts) => void out.write(texts.map((text) => `${text}\n`).join("")),
    record: (value) => void out.write(`${JSON.stringify(value)}\n`),
    note: (text) => void err.write(`${makeSafe(text)}\n`),
    async during(what, work) {
      const isTerminal = err.isTTY === true;
      const { afterMs, everyMs } = isTerminal ? shown.terminal : shown.elsewhere;
      const startedMs = Date.now();
      let times = 0;
      const show = (): void => {
        const seconds = Math.round((Date.now() - startedMs) / 1_000);
        const mark = turning[times % turning.length] ?? "";
        times += 1;
        err.write(isTerminal ? `\r\u001b[K${mark} ${what} (${seconds} s)` : `still ${what} (${seconds} s)\n`);
        timer = setTimeout(show, everyMs);
      };
      let timer = setTimeout(show, afterMs);
      try {
        return await work;
      } finally {
        clearTimeout(timer);
        if (isTerminal && times > 0) err.write("\r\u001b[K");
      }
    },
  };
}

/** The terminal's width; off a terminal COLUMNS', or one that most terminals have. */
function widthOf(out: Stream, env: Environment): number {
  const columns = out.columns ?? (/^[0-9]{1,4}$/.test(env["COLUMNS"] ?? "") ? Number(env["COLUMNS"]) : 0);
  return columns >= 20 ? columns : widthOffTerminal;
}
