import { expect, test } from "bun:test";
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { listSources } from "../architecture/support/source-files.ts";
import { startReceiver } from "../support/otlp-receiver.ts";
import { withScratchDirectory } from "../support/scratch-directory.ts";

const root = join(import.meta.dir, "../..");
const packages = ["db", "errors", "http", "logging", "rate-limit", "telemetry"] as const;

/** The example in the doc comment of a package. */
async function exampleOf(name: string): Promise<string> {
  const source = await Bun.file(join(root, `src/foundation/${name}/index.ts`)).text();
  const [, example] = /@example\n([\s\S]*?) \*\n \* @module/.exec(source) ?? [];
  if (example === undefined) throw new Error(`footing/${name} has no example`);
  return example
    .split("\n")
    .map((line) => line.replace(/^ \* ?/, ""))
    .join("\n");
}

test("the example of every package compiles", async () => {
  // Within the package, so that its own name leads to its exports.
  const directory = join(root, `test/foundation/examples-${process.pid}`);
  try {
    await mkdir(directory);
    for (const name of packages) await writeFile(join(directory, `${name}.ts`), await exampleOf(name));
    const settings = { extends: join(root, "tsconfig.bun.json"), include: [directory] };
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(settings));
    const compiler = Bun.spawn([join(root, "node_modules/.bin/tsc"), "-p", directory, "--pretty", "false"], {
      stdout: "pipe",
    });
    expect(await new Response(compiler.stdout).text()).toBe("");
    expect(await compiler.exited).toBe(0);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}, 120_000);

test("foundation imports nothing of ours from outside itself", () => {
  const outside = listSources("src/foundation").flatMap(({ path, imports }) =>
    imports
      .filter(({ file }) => file !== null && !file.startsWith("src/foundation/"))
      .map(({ file }) => `${path}: ${file}`),
  );
  expect(outside).toEqual([]);
});

/** What another team would write on these packages. */
const application = `
import { Hono } from "hono";
import { createErrorMapper, FoundationError } from "lifted/errors";
import { type RequestVariables, requestContext, requestLogger, thrownGuard } from "lifted/http";
import { setUpLogging } from "lifted/logging";
import { serverSpan, setUpTelemetry } from "lifted/telemetry";

const lines = { level: "info", debug: false, write: (line: string) => console.log(line) } as const;
const [service, otlp] = [{ name: process.argv[2] ?? "", version: "1.0.0" }, { endpoint: process.argv[3] }];
const telemetry = await setUpTelemetry({ service, otlp, reporter: setUpLogging(lines) });
const logger = setUpLogging({ ...lines, activeTrace: telemetry.activeTrace, moreSinks: [telemetry.logSink ?? { write() {} }] });
const app = new Hono<{ Variables: RequestVariables }>().onError(createErrorMapper());
app.use(serverSpan({ telemetry }), requestContext({ onAnswer: [requestLogger({ logger })] }), thrownGuard());
app.get("/rates/:day", (c) => c.json({ day: c.req.param("day") }));
app.get("/taken", () => { throw new FoundationError("CONFLICT"); });

for (const path of ["/rates/2026-01-31", "/taken"]) console.log(await (await app.request(path)).text());
await telemetry.shutdown(30_000);
`;

test("lifted out alone, the packages carry an application of ten lines: ids, lines, errors and traces", async () => {
  const receiver = await startReceiver();
  const service = `lifted-${process.pid}`;
  await withScratchDirectory(async (directory) => {
    await cp(join(root, "src/foundation"), join(directory, "foundation"), { recursive: true });
    await symlink(join(root, "node_modules"), join(directory, "node_modules"));
    const exported = packages.map((name) => [`./${name}`, `./foundation/${name}/index.ts`]);
    const manifest = { name: "lifted", type: "module", exports: Object.fromEntries(exported) };
    await writeFile(join(directory, "package.json"), JSON.stringify(manifest));
    await writeFile(join(directory, "application.ts"), application);
    const run = Bun.spawn([process.execPath, "application.ts", service, receiver.url], {
      cwd: directory,
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, errors] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
    expect([errors, await run.exited]).toEqual(["", 0]);
    const [found, rate, taken, problem] = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rate).toEqual({ day: "2026-01-31" });
    const { spans, logs } = receiver.from(service);
    expect(spans.map(({ name, attributes }) => [name, attributes["http.response.status_code"]])).toEqual([
      ["GET /rates/:day", 200],
      ["GET /taken", 409],
    ]);
    expect([found.trace_id, taken.trace_id, problem.trace_id]).toEqual([
      ...spans.map(({ traceId }) => traceId),
      spans[1]?.traceId,
    ]);
    expect(problem).toMatchObject({ error_id: "CONFLICT", request_id: taken.request_id });
    expect(logs.map(({ spanId }) => spanId)).toEqual(spans.map(({ spanId }) => spanId));
  });
  await receiver.close();
}, 120_000);
