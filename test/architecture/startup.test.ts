import { expect, test } from "bun:test";
import { join } from "node:path";
import { withScratchDirectory } from "../support/scratch-directory.ts";
import { listSources, root } from "./support/source-files.ts";

const recorder = join(root, "test/architecture/support/import-recorder.ts");

/** Imports modules in a process of their own, and waits for its end: a timer or socket left open would keep it. */
async function importAll(modules: readonly string[]) {
  const process = Bun.spawn([Bun.argv[0] ?? "bun", recorder, ...modules], {
    stdout: "pipe",
    stderr: "pipe",
    env: {},
    cwd: "/",
  });
  const [output, errors, exitCode] = await Promise.all([
    new Response(process.stdout).text(),
    new Response(process.stderr).text(),
    process.exited,
  ]);
  return { output, errors, exitCode, started: JSON.parse(output.split("\n").at(-2) ?? "null") as unknown };
}

/** Entries do start: that is what they are for. */
const entries = ["src/server.ts", "src/entries/node.ts", "src/entries/deno.ts", "src/npx-watch.ts"];

test("importing any module starts nothing: no timer, socket, listener, process, global or output, and no variable is needed", async () => {
  const modules = listSources("src")
    .map(({ path }) => path)
    .filter((path) => !entries.includes(path) && !path.endsWith(".d.ts"));
  const { output, errors, exitCode, started } = await importAll(modules.map((path) => join(root, path)));
  expect({ started, errors, exitCode }).toEqual({ started: [], errors: "", exitCode: 0 });
  expect(output).toBe("[]\n");
  expect(modules.length).toBeGreaterThan(100);
}, 60_000);

test("the edge entry and the app can each be the first that is imported", async () => {
  for (const path of ["src/worker.ts", "src/app.ts"]) {
    expect(await importAll([join(root, path)])).toMatchObject({ started: [], errors: "", exitCode: 0, output: "[]\n" });
  }
}, 60_000);

const starters: Readonly<Record<string, string>> = {
  setInterval: "clearInterval(setInterval(() => undefined, 10));",
  setTimeout: "setTimeout(() => undefined, 1);",
  "process.on": 'process.on("SIGTERM", () => undefined);',
  "Bun.spawn": 'await Bun.spawn(["true"]).exited;',
  "Bun.serve": "await Bun.serve({ port: 0, fetch: () => new Response() }).stop();",
  "a socket": 'import { connect } from "node:net"; connect(1, "127.0.0.1").on("error", () => undefined);',
  "the global odd": 'Reflect.set(globalThis, "odd", 1);',
  stderr: 'process.stderr.write("x");',
};

test("a module that does start something is found out", async () => {
  await withScratchDirectory(async (directory) => {
    for (const [what, text] of Object.entries(starters)) {
      const module = join(directory, `${what.replaceAll(/\W/g, "-")}.ts`);
      await Bun.write(module, `${text}\nexport {};\n`);
      expect({ what, started: (await importAll([module])).started }).toEqual({
        what,
        started: expect.arrayContaining([{ module, what }]),
      });
    }
  });
}, 60_000);
