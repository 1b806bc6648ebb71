import { withScratchDirectory } from "../../../support/scratch-directory.ts";

export const tmux = Bun.which("tmux");

export interface Terminal {
  /** What is to be seen, without spaces at the ends of lines. */
  screen(): Promise<string>;
  /** As `screen`, with what has scrolled out of it. */
  history(): Promise<string>;
  /** Presses keys, by tmux's names for them. */
  press(...keys: readonly string[]): Promise<void>;
  resize(columns: number, lines: number): Promise<void>;
  /** Waits until the screen shows this, and gives it. */
  until(shown: string | RegExp): Promise<string>;
}

/** Runs a command in a terminal of its own, on a server of tmux's of its own. */
export function withTerminal<T>(
  command: readonly string[],
  { env, columns, lines }: { env: Readonly<Record<string, string>>; columns: number; lines: number },
  work: (terminal: Terminal) => Promise<T>,
): Promise<T> {
  return withScratchDirectory(async (directory) => {
    const call = async (...args: readonly string[]): Promise<string> => {
      const child = Bun.spawn([tmux ?? "tmux", "-u", "-S", `${directory}/socket`, "-f", "/dev/null", ...args], {
        cwd: directory,
        env: { PATH: process.env["PATH"] ?? "", HOME: directory, TERM: "xterm-256color", LANG: "C.UTF-8", ...env },
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
      if ((await child.exited) !== 0) throw new Error(`tmux ${args[0]}: ${err}`);
      return out;
    };
    const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    // The shell stays, to say how the command ended.
    const shell = `trap : INT; ${quoted}; echo "[status $?]"; exec sleep 600`;
    await call(
      "new-session",
      "-d",
      "-x",
      String(columns),
      "-y",
      String(lines),
      `sh -c ${JSON.stringify(shell).replaceAll("$", "\\$")}`,
    );
    const screen = () => call("capture-pane", "-p");
    const terminal: Terminal = {
      screen,
      history: () => call("capture-pane", "-p", "-S", "-"),
      press: async (...keys) => void (await call("send-keys", ...keys)),
      resize: async (width, height) => void (await call("resize-window", "-x", String(width), "-y", String(height))),
      async until(shown) {
        for (let times = 0; times < 300; times += 1) {
          const text = await screen();
          if (typeof shown === "string" ? text.includes(shown) : shown.test(text)) return text;
          await Bun.sleep(50);
        }
        throw new Error(`never shown: ${shown}. The screen:\n${await screen()}`);
      },
    };
    try {
      return await work(terminal);
    } finally {
      await call("kill-server");
    }
  });
}
