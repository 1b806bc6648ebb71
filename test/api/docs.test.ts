import { afterAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createApp } from "../../src/app.ts";
import { createTestApp } from "../support/app.ts";

const t = await createTestApp();
afterAll(() => t.close());

const note = readFileSync(new URL("../../assets/scalar/README.md", import.meta.url), "utf8");
const digest = /`([0-9a-f]{64})`/.exec(note)?.[1] ?? "";

async function sha256(bytes: Uint8Array): Promise<string> {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

/** The Content-Security-Policy of an answer, by directive. */
function policyOf(headers: Headers): Map<string, string[]> {
  const directives = (headers.get("content-security-policy") ?? "").split(";").map((text) => text.trim().split(/\s+/));
  return new Map(directives.map(([name = "", ...sources]) => [name, sources]));
}

test("/docs is a page that loads nothing but from this server, and may not", async () => {
  const { status, headers, body } = await t.request("/docs");
  expect(status).toBe(200);
  expect(headers.get("content-type")).toMatch(/^text\/html; charset=utf-8$/i);
  expect(body).not.toMatch(/https?:|\/\/[a-z]/i);
  expect(body).not.toMatch(/<style|style=|\son\w+=|<script(?! src=)/i);
  const policy = policyOf(headers);
  expect(policy.get("default-src")).toEqual(["'none'"]);
  expect(policy.get("script-src")).toEqual(["'self'"]);
  expect(policy.get("connect-src")).toEqual(["'self'"]);
  expect(policy.get("frame-ancestors")).toEqual(["'none'"]);
  for (const [, sources] of policy) {
    for (const source of sources) expect(source).toMatch(/^(?:'none'|'self'|'unsafe-inline'|data:|blob:)$/);
  }
  expect(policy.get("script-src")).not.toContain("'unsafe-inline'");
});

test("what the page loads is served, and starts the reference on this server's own document", async () => {
  const { body } = await t.request("/docs");
  const scripts = Array.from(String(body).matchAll(/<script src="([^"]+)"/g), ([, source = ""]) => source);
  expect(scripts).toEqual(["/docs/scalar.js", "/docs/start.js"]);
  for (const script of scripts) {
    const { status, headers } = await t.request(script);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
  const start = String((await t.request("/docs/start.js")).body);
  expect(start).not.toMatch(/https?:|"\/\//);
  const settings = JSON.parse(start.slice(start.indexOf("{"), start.lastIndexOf("}") + 1));
  expect(settings).toMatchObject({ withDefaultFonts: false, telemetry: false, proxyUrl: "" });
  expect((await t.request(settings.url)).body).toMatchObject({ openapi: "3.1.0" });
});

test("the script comes compressed to whom that is good, plain to others, and is the same", async () => {
  expect(digest).toHaveLength(64);
  for (const accepted of ["gzip", "br, gzip;q=0.5", "GZIP"]) {
    const response = await t.app.request("/docs/scalar.js", { headers: { "Accept-Encoding": accepted } });
    expect([accepted, response.headers.get("content-encoding")]).toEqual([accepted, "gzip"]);
    expect(await sha256(Bun.gunzipSync(new Uint8Array(await response.arrayBuffer())))).toBe(digest);
  }
  for (const accepted of [undefined, "identity", "br", "gzip;q=0", "gzip; q=0.0, *"]) {
    const headers: Record<string, string> = accepted === undefined ? {} : { "Accept-Encoding": accepted };
    const response = await t.app.request("/docs/scalar.js", { headers });
    expect([accepted, response.headers.get("content-encoding")]).toEqual([accepted, null]);
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    expect(await sha256(new Uint8Array(await response.arrayBuffer()))).toBe(digest);
  }
});

test("HEAD answers as GET does, without the body", async () => {
  for (const path of ["/docs", "/docs/start.js", "/docs/scalar.js", "/openapi.json"]) {
    const [get, head] = [await t.app.request(path), await t.app.request(path, { method: "HEAD" })];
    expect([path, head.status]).toEqual([path, get.status]);
    for (const name of ["content-type", "cache-control", "content-security-policy", "vary"]) {
      expect([path, name, head.headers.get(name)]).toEqual([path, name, get.headers.get(name)]);
    }
    expect(await head.text()).toBe("");
    await get.arrayBuffer();
  }
});

test("a server without the script answers 404 for it, and everything else goes on", async () => {
  const bare = createApp({ ...t.deps, asset: async () => null });
  const response = await bare.request("/docs/scalar.js");
  expect(response.status).toBe(404);
  expect(JSON.parse(await response.text())).toMatchObject({ error_id: "NOT_FOUND" });
  expect((await bare.request("/docs")).status).toBe(200);
});
