import { expect, test } from "bun:test";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const root = join(import.meta.dir, "../../..");

/** The example of the package's doc comment, as a program: what it prints is the comment that ends it. */
async function readExample(): Promise<{ program: string; printed: string }> {
  const source = await Bun.file(join(root, "src/foundation/logging/index.ts")).text();
  const [, example = ""] = /@example\n([\s\S]*?) \*\n \* @module/.exec(source) ?? [];
  const lines = example.split("\n").map((line) => line.replace(/^ \* ?/, ""));
  const printed = lines.filter((line) => line.startsWith("// ")).map((line) => line.slice(3));
  return { program: lines.filter((line) => !line.startsWith("// ")).join("\n"), printed: printed.join("\n") };
}

test("the example of footing/logging compiles, and prints what it says", async () => {
  const { program, printed } = await readExample();
  // Within the package, so that its own name leads to its exports.
  const file = join(root, `test/foundation/logging/example-${process.pid}.ts`);
  const config = join(root, `test/foundation/logging/tsconfig-${process.pid}.json`);
  try {
    await writeFile(file, program);
    await writeFile(config, JSON.stringify({ extends: join(root, "tsconfig.bun.json"), include: [file] }));
    const compiler = Bun.spawn([join(root, "node_modules/.bin/tsc"), "-p", config, "--pretty", "false"], {
      stdout: "pipe",
    });
    expect({ errors: await new Response(compiler.stdout).text(), code: await compiler.exited }).toEqual({
      errors: "",
      code: 0,
    });
    const run = Bun.spawn([process.execPath, file], { stdout: "pipe" });
    const output = (await new Response(run.stdout).text()).trim();
    expect(output.replace(/"timestamp":"[^"]+"/, '"timestamp":"…"')).toBe(printed);
  } finally {
    await Promise.all([rm(file, { force: true }), rm(config, { force: true })]);
  }
}, 60_000);

test("footing/logging imports nothing from outside its own folder, and no package", async () => {
  const files = [...new Bun.Glob("**/*.ts").scanSync({ cwd: join(root, "src/foundation/logging") })];
  const imports = await Promise.all(
    files.map(async (file) => {
      const text = await Bun.file(join(root, "src/foundation/logging", file)).text();
      return Array.from(text.matchAll(/from "([^"]+)"/g), ([, name = ""]) => name);
    }),
  );
  const outside = imports.flat().filter((name) => !/^\.{1,2}\/(?!\.\.)/.test(name) && !name.startsWith("node:"));
  expect(outside).toEqual(["footing/logging"]);
  expect(files.length).toBeGreaterThan(15);
});
