import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withScratchDirectory } from "../../support/scratch-directory.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * `src/worker.ts` as one module, made as it is for a deployment, and what it leaves for the runtime to bring along.
 * @throws where it imports something that is neither a package nor the runtime's.
 */
export async function bundleWorker(): Promise<{ code: string; imports: string[] }> {
  const code = await withScratchDirectory(async (directory) => {
    const outfile = join(directory, "worker.js");
    const build = Bun.spawn([process.execPath, "run", "build:worker", "--outfile", outfile], {
      cwd: root,
      stdout: "ignore",
      stderr: "pipe",
    });
    const said = await new Response(build.stderr).text();
    if ((await build.exited) !== 0) throw new Error(`the bundler gave nothing:\n${said}`);
    return readFile(outfile, "utf8");
  });
  const imports = new Bun.Transpiler({ loader: "js" }).scanImports(code).map(({ path }) => path);
  return { code, imports: [...new Set(imports)].sort() };
}
