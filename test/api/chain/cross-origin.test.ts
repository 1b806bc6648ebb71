import { afterAll, expect, test } from "bun:test";
import { createTestApp } from "../../support/app.ts";

const own = "https://app.example.com";
const t = await createTestApp({ env: { CORS_ORIGINS: `${own}, http://localhost:5173`, API_RATE_LIMIT_REQUESTS: "4" } });
const any = await createTestApp({ env: { CORS_ORIGINS: "*" } });
const off = await createTestApp();
afterAll(() => Promise.all([t, any, off].map((app) => app.close())));

const path = "/api/v1/books";
const preflight = (origin: string, address = "192.0.2.9") => ({
  method: "OPTIONS",
  headers: {
    Origin: origin,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,idempotency-key",
    "X-Test-Address": address,
  },
});

test("a preflight needs no credential, spends no limit, and allows what the API takes", async () => {
  for (let time = 0; time < 10; time += 1) {
    const { status, headers } = await t.request(path, preflight(own));
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe(own);
    expect(headers.get("access-control-allow-methods")).toContain("POST");
    expect(headers.get("access-control-allow-headers")).toContain(
      "Authorization,Content-Type,Idempotency-Key,If-Match",
    );
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    expect(headers.get("vary")).toContain("Origin");
    expect(headers.get("x-request-id")).not.toBeNull();
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test("an answer that refuses can be read by the script that is refused: 401, 404, 414 and 429 alike", async () => {
  const headers = { Origin: own, "X-Test-Address": "192.0.2.10" };
  const answers = [];
  for (const target of [path, "/nowhere", `/health?x=${"y".repeat(9_000)}`, path, path, path]) {
    answers.push(await t.request(target, { headers }));
  }
  expect(answers.map(({ status }) => status)).toEqual([401, 404, 414, 401, 401, 429]);
  for (const { headers: answered } of answers) {
    expect(answered.get("access-control-allow-origin")).toBe(own);
    expect(answered.get("vary")).toBe("Origin");
    const exposed = answered.get("access-control-expose-headers")?.split(",") ?? [];
    for (const name of ["ETag", "X-Request-ID", "traceparent", "RateLimit", "Retry-After", "Idempotency-Replayed"]) {
      expect(exposed).toContain(name);
    }
  }
});

test("another origin is allowed nothing, and answers say that they depend on the origin", async () => {
  for (const origin of [
    "https://evil.example",
    "null",
    `${own}.evil.example`,
    "http://app.example.com",
    `${own}:8443`,
  ]) {
    for (const request of [preflight(origin), { headers: { Origin: origin, "X-Test-Address": "192.0.2.11" } }]) {
      const { headers } = await t.request("/health", request);
      expect(headers.get("access-control-allow-origin")).toBeNull();
      expect(headers.get("vary")).toContain("Origin");
    }
  }
  expect((await t.request("/health")).headers.get("vary")).toBe("Origin");
});

test("with * any origin is allowed, without cookies and the same for all", async () => {
  const { status, headers } = await any.request("/health", { headers: { Origin: "https://any.example" } });
  expect(status).toBe(200);
  expect(headers.get("access-control-allow-origin")).toBe("*");
  expect(headers.get("access-control-allow-credentials")).toBeNull();
  expect(headers.get("vary")).toBeNull();
});

test("without CORS_ORIGINS nothing is said to other origins", async () => {
  for (const request of [preflight(own), { headers: { Origin: own } }]) {
    const { headers } = await off.request("/health", request);
    expect([...headers.keys()].filter((name) => name.startsWith("access-control") || name === "vary")).toEqual([]);
  }
});

test("an OPTIONS request that is no preflight still names the methods of its path", async () => {
  const { status, headers } = await t.request("/health", { method: "OPTIONS", headers: { Origin: own } });
  expect(status).toBe(204);
  expect(headers.get("allow")).toBe("GET, HEAD, OPTIONS");
});
