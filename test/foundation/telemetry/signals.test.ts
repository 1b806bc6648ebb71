import { expect, test } from "bun:test";
import { signalUrl } from "../../../src/foundation/telemetry/index.ts";

test("AC12.1.1 logs go to the base endpoint with /v1/logs appended, slashes at its end trimmed first", () => {
  expect(signalUrl("http://localhost:4318", "logs")).toBe("http://localhost:4318/v1/logs");
  expect(signalUrl("http://localhost:4318///", "logs")).toBe("http://localhost:4318/v1/logs");
  expect(signalUrl("https://otlp.example.com/tenant/", "logs")).toBe("https://otlp.example.com/tenant/v1/logs");
  expect(signalUrl("https://otlp.example.com/in?key=a/b", "logs")).toBe("https://otlp.example.com/in/v1/logs?key=a/b");
});

test("AC12.1.2 an endpoint that ends in /v1/logs already stays as it is", () => {
  expect(signalUrl("http://localhost:4318/v1/logs", "logs")).toBe("http://localhost:4318/v1/logs");
  expect(signalUrl("http://localhost:4318/v1/logs/", "logs")).toBe("http://localhost:4318/v1/logs");
  expect(signalUrl("http://localhost:4318/v1/traces", "logs")).toBe("http://localhost:4318/v1/traces/v1/logs");
});

test("AC12.12.3 traces go to the base endpoint with /v1/traces appended, unless it ends so", () => {
  expect(signalUrl("http://localhost:4318//", "traces")).toBe("http://localhost:4318/v1/traces");
  expect(signalUrl("http://localhost:4318/v1/traces", "traces")).toBe("http://localhost:4318/v1/traces");
  expect(signalUrl("http://localhost:4318", "metrics")).toBe("http://localhost:4318/v1/metrics");
});
