import { afterAll, expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../support/app.ts";
import { layerOf } from "./support/layers.ts";
import { listSources } from "./support/source-files.ts";

const modules = listSources("src/modules");
const apps: TestApp[] = [];
afterAll(() => Promise.all(apps.map((t) => t.close())));

async function openApp(env: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  const t = await createTestApp({ env });
  apps.push(t);
  return t;
}

test("FT.DEP.1 routes take the database and the user from their context: no module keeps either", () => {
  // What is known of an application or a request hangs on it, and goes with it.
  const held = modules.flatMap(({ path, code }) => [
    ...Array.from(code.matchAll(/^(?:export )?(?:let|var) .*$/gm), ([line]) => `${path}: ${line}`),
    ...Array.from(
      code.matchAll(
        /^(?:export )?const \w+[^=\n]*= (?:await |new (?:Map|Set|Array)\(\)|\[\]|\{\};|create(?:Db|App|Logger|TestApp)\().*$/gm,
      ),
      ([line]) => `${path}: ${line}`,
    ),
  ]);
  expect(held).toEqual([]);
  const routes = modules.filter(({ path }) => layerOf(path) === "routes");
  for (const { path, code } of routes) {
    const opened = Array.from(code.matchAll(/\bwithTx\(\s*([^,]+),\s*([^,]+),/g), ([, db = ""]) => db.trim());
    expect({ path, odd: opened.filter((db) => db !== "db" && db !== "c.var.db") }).toEqual({ path, odd: [] });
    for (const [, source = ""] of code.matchAll(/const \{[^}]*\b(?:db|principal|scope)\b[^}]*\} = ([^;]+);/g)) {
      expect({ path, source }).toEqual({ path, source: "c.var" });
    }
    expect({ path, now: code.match(/new Date\(\)|Date\.now\(|randomUUID|Math\.random/g) }).toEqual({ path, now: null });
  }
  expect(routes.length).toBeGreaterThan(8);
});

test("FT.DEP.1 services and repositories have no clock, ids or environment of their own", () => {
  const found = modules
    .filter(({ path }) => ["service", "repository", "rules", "responses", "schemas"].includes(layerOf(path)))
    .flatMap(({ path, code }) =>
      Array.from(
        code.matchAll(
          /new Date\(\)|Date\.now\(|randomUUID|Math\.random|\bfetch\(|\bset(?:Timeout|Interval)\(|\benv\./g,
        ),
        ([use]) => `${path}: ${use}`,
      ),
    );
  expect(found).toEqual([]);
});

test("FT.DEP.1 two applications side by side each serve their own database, whoever asks when", async () => {
  const [here, there] = [await openApp(), await openApp()];
  const [ann, bob] = [await here.register(), await there.register()];
  const paths = (t: TestApp, user: { readonly token: string; readonly book: string }) =>
    t
      .request(`${user.book}/accounts`, { token: user.token })
      .then(({ body }) => body.items?.map((item: { path: string }) => item.path));
  const rounds = Array.from({ length: 20 }, (_, index) => index);
  await Promise.all(
    rounds.flatMap((index) => [
      here.request(`${ann.book}/accounts`, {
        token: ann.token,
        json: { path: `Assets:Here:N${index}`, type: "asset" },
      }),
      there.request(`${bob.book}/accounts`, {
        token: bob.token,
        json: { path: `Assets:There:N${index}`, type: "asset" },
      }),
    ]),
  );
  expect(await paths(here, ann)).toEqual(rounds.map((index) => `Assets:Here:N${index}`).toSorted());
  expect(await paths(there, bob)).toEqual(rounds.map((index) => `Assets:There:N${index}`).toSorted());
  // Both have one key to sign with, so a token is well signed in both; the session that it names is in one alone.
  expect((await there.request("/api/v1/auth/me", { token: ann.token })).body.error_id).toBe("UNAUTHENTICATED");
  expect((await there.request(ann.book, { token: ann.token })).body.error_id).toBe("UNAUTHENTICATED");
  const login = { email: ann.email, password: ann.password };
  expect((await here.request("/api/v1/auth/login", { json: login })).status).toBe(200);
  expect((await there.request("/api/v1/auth/login", { json: login })).body.error_id).toBe("CREDENTIALS_INVALID");
});

test("FT.DEP.1 two applications side by side keep their own limits, keys and clocks", async () => {
  const [here, there] = [
    await openApp({ API_RATE_LIMIT_REQUESTS: "3" }),
    await openApp({ SECRET_KEY: "another-secret-key-of-more-than-32-bytes" }),
  ];
  const ann = await here.register();
  await here.request("/errors");
  await here.request("/errors");
  expect((await here.request("/errors")).status).toBe(429);
  expect((await there.request("/errors")).status).toBe(200);
  expect((await there.request("/api/v1/books", { token: ann.token })).body.error_id).toBe("UNAUTHENTICATED");
  there.clock.current = new Date("2030-01-01T00:00:00.000Z");
  const bob = await there.register();
  expect((await there.request(bob.book, { token: bob.token })).body.created_at).toBe("2030-01-01T00:00:00.000Z");
  expect((await here.request("/health")).status).toBe(200);
});

test("FT.DEP.1 users of one application at the same time are never taken for one another", async () => {
  const t = await openApp();
  const users = await Promise.all(Array.from({ length: 4 }, () => t.register()));
  const asked = Array.from({ length: 60 }, (_, index) => users[index % users.length]);
  const answers = await Promise.all(asked.map((user) => t.request("/api/v1/auth/me", { token: user?.token })));
  expect(answers.map(({ body }) => body.user.id)).toEqual(asked.map((user) => user?.userId));
});
