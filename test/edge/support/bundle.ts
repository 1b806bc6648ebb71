import { fileURLToPath } from "node:url";

/**
 * `src/worker.ts` as one module, made as it is for a deployment, and what it leaves for the runtime to bring along.
 * @throws where it imports something that is neither a package nor the runtime's.
 */
export async function bundleWorker(): Promise<{ code: string; imports: string[] }> {
  const { outputs } = await Bun.build({
    entrypoints: [fileURLToPath(new URL("../../../src/worker.ts", import.meta.url))],
    target: "browser",
    conditions: ["workerd"],
    external: ["node:*", "cloudflare:*"],
  });
  const [output] = outputs;
  if (output === undefined) throw new Error("the bundler gave nothing");
  const code = await output.text();
  const imports = new Bun.Transpiler({ loader: "js" }).scanImports(code).map(({ path }) => path);
  return { code, imports: [...new Set(imports)].sort() };
}
