import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { describeEnvironment, describeSecrets } from "../../src/config/describe-environment.ts";
import { getReference, variableNames } from "../../src/config/variables.ts";

test("a start shows every variable with what it says, and of a secret only whether it is set", () => {
  const hidden = "hunter2-hunter2-hunter2";
  const secrets = variableNames.filter((name) => getReference(name).secret === true);
  expect(secrets.length).toBeGreaterThan(4);
  const env = { ...Object.fromEntries(secrets.slice(1).map((name) => [name, hidden])), PORT: "8080" };
  const shown = describeEnvironment(env);
  expect(Object.keys(shown)).toEqual(variableNames.filter((name) => !secrets.includes(name)));
  expect(shown).toMatchObject({ PORT: "8080", LOG_LEVEL: "info", PUBLIC_URL: "not set" });
  const told = describeSecrets(env);
  expect(told).toBe(`configuration, with ${secrets.slice(1).join(", ")} set, and not set ${secrets[0]}`);
  expect(JSON.stringify([shown, told])).not.toContain(hidden);
  expect(describeSecrets({})).toStartWith("configuration, with none set, and not set DATABASE_URL");
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
