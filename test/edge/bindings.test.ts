import { expect, test } from "bun:test";
import { ConfigError } from "../../src/config.ts";
import { parseBindings } from "../../src/worker/bindings.ts";

const right = { SECRET_KEY: "a-secret-key-for-tests-of-at-least-32-bytes", DATABASE_URL: "postgres://a@b/c" };

function faultsOf(bindings: Readonly<Record<string, unknown>>): string[] {
  try {
    parseBindings(bindings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ variable }) => variable);
    throw error;
  }
}

test("a worker has no files: traces cannot be sent to one, and that is said with every other fault", () => {
  expect(faultsOf(right)).toEqual([]);
  expect(faultsOf({ ...right, OTEL_TRACES_EXPORTER: "none" })).toEqual([]);
  expect(faultsOf({ ...right, OTEL_TRACES_EXPORTER: "file" })).toEqual(["OTEL_TRACES_EXPORTER"]);
  expect(faultsOf({ OTEL_TRACES_EXPORTER: "file", PORT: "x" }).toSorted()).toEqual(
    ["DATABASE_URL", "OTEL_TRACES_EXPORTER", "PORT", "SECRET_KEY"].toSorted(),
  );
});
