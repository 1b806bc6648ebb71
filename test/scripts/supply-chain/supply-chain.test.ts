import { expect, test } from "bun:test";
import { join } from "node:path";
import { findInstallScriptFaults } from "../../../scripts/supply-chain/install-scripts.ts";
import { isPermissive, listLicences, readLicences, renderLicencesDoc } from "../../../scripts/supply-chain/licences.ts";
import { findLockFaults, parseLockFile } from "../../../scripts/supply-chain/lock-file.ts";

const root = join(import.meta.dir, "../../..");
const lockText = await Bun.file(join(root, "bun.lock")).text();
const lock = parseLockFile(lockText);

/** Runs the whole check with a registry that answers an audit so. */
async function check(answer: () => Response): Promise<{ readonly code: number; readonly said: string }> {
  await using registry = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  const child = Bun.spawn([process.execPath, join(root, "scripts/check-supply-chain.ts")], {
    env: { ...process.env, NPM_CONFIG_REGISTRY: registry.url.href, BUN_CONFIG_REGISTRY: registry.url.href },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const said = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, said: said.join("") };
}

function advisory(name: string, severity: string): Response {
  const known = { id: 1, url: "https://example.com/GHSA", title: "a hole", severity, vulnerable_versions: "*" };
  return Response.json({ [name]: [{ ...known, cwe: [], cvss: { score: 0, vectorString: null } }] });
}

test("docs/licences.md says what is installed: bun scripts/licences-doc.ts renews it", async () => {
  const rows = listLicences(lock, await readLicences("all"), await readLicences("production"));
  expect(await Bun.file(join(root, "docs/licences.md")).text()).toBe(renderLicencesDoc(rows));
  expect(rows.filter(({ licences }) => !licences.every(isPermissive))).toEqual([]);
  expect(rows.length).toBeGreaterThan(100);
});

test("a licence is permissive where it leaves a choice that is", () => {
  expect(["MIT", "MIT OR Apache-2.0", "GPL-3.0-only OR MIT", "MIT AND ISC"].filter(isPermissive)).toHaveLength(4);
  const refused = ["GPL-3.0-only", "MIT AND GPL-3.0-only", "(MIT OR GPL-3.0-only) AND GPL-2.0-only", "UNLICENSED", ""];
  expect(refused.filter(isPermissive)).toEqual([]);
});

test("what the lock file says is held against what was agreed to", () => {
  expect(findLockFaults(lock)).toEqual([]);
  const loose = parseLockFile(lockText.replace(/"sha512-[^"]+"/, '"sha1-abc"'));
  expect(findLockFaults(loose)).toEqual([expect.stringContaining("has no SHA-512 digest")]);
  const tied = parseLockFile(lockText.replace(/(\["hono@[^"]+", )""/, '$1"https://registry.example.com/hono.tgz"'));
  expect(findLockFaults(tied)).toEqual([expect.stringMatching(/^hono@\S+ is tied to a registry/)]);

  expect(findInstallScriptFaults(lock, lock.trusted)).toEqual([]);
  const scripted = parseLockFile(lockText.replace(/(\["hono@[^"]+", "", \{)/, '$1 "hasInstallScript": true,'));
  expect(findInstallScriptFaults(scripted, lock.trusted)).toEqual(["hono has an install script, and is not named"]);
  expect(findInstallScriptFaults(lock, [...lock.trusted, "esbuild"])).toEqual([
    "trustedDependencies of package.json are not those of bun.lock",
    "esbuild may run an install script, and is not named",
  ]);
});

test("a grave finding in production fails the check, another is listed, and no answer is said", async () => {
  const grave = await check(() => advisory("hono", "high"));
  expect(grave).toEqual({ code: 1, said: expect.stringContaining("in production, high: hono: a hole") });
  const slight = await check(() => advisory("hono", "moderate"));
  expect(slight).toEqual({ code: 0, said: expect.stringContaining("audit: moderate: hono: a hole") });
  const none = await check(() => new Response(null, { status: 405 }));
  expect(none).toEqual({ code: 0, said: expect.stringContaining("gave no answer") });
});
