import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { describeEnvironment } from "../../src/config/describe-environment.ts";
import { getReference, variableNames } from "../../src/config/variables.ts";

test("a start shows every variable with what it says, and of a secret only whether it is set", () => {
  const hidden = "hunter2-hunter2-hunter2";
  const secrets = variableNames.filter((name) => getReference(name).secret === true);
  expect(secrets.length).toBeGreaterThan(4);
  const shown = describeEnvironment({ ...Object.fromEntries(secrets.map((name) => [name, hidden])), PORT: "8080" });
  expect(Object.keys(shown)).toEqual([...variableNames]);
  for (const name of secrets) expect({ name, shown: shown[name] }).toEqual({ name, shown: "set" });
  expect(JSON.stringify(shown)).not.toContain(hidden);
  expect(shown).toMatchObject({ PORT: "8080", LOG_LEVEL: "info", PUBLIC_URL: "not set" });
  expect(describeEnvironment({}).DATABASE_URL).toBe("not set");
  // The development key is no secret, and a start must not look as if one had been set.
  expect(describeEnvironment({}).SECRET_KEY).toBe("not set");
});

test(".env.example calls secret what is one, and nothing else", async () => {
  const text = await readFile(new URL("../../.env.example", import.meta.url), "utf8");
  const called = text.split("\n\n").flatMap((block) => {
    const name = /^#? ?([A-Z][A-Z0-9_]+)=/m.exec(block)?.[1];
    return name !== undefined && /\bSecret\b/.test(block) ? [name] : [];
  });
  const secrets = variableNames.filter((name) => getReference(name).secret === true);
  expect(called.toSorted()).toEqual([...secrets].toSorted());
});
