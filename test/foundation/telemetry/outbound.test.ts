import { expect, test } from "bun:test";
import { SpanKind } from "@opentelemetry/api";
import { createRedactor } from "../../../src/foundation/logging/index.ts";
import { createTracedFetch } from "../../../src/foundation/telemetry/index.ts";
import { createTracedApp } from "./traced-app.ts";

test("FT.TRC.1 a call out of a request is a span below that request's own, and the callee is told of it, fifty at once", async () => {
  const traced = await createTracedApp();
  const tracedFetch = createTracedFetch({ tracer: traced.telemetry.tracer, redactor: createRedactor() });
  const callee = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => Response.json({ traceparent: request.headers.get("traceparent") }),
  });
  try {
    traced.app.get("/rates/:day", async (c) => {
      const answers = [];
      for (let call = 0; call < 2; call += 1) answers.push(await (await tracedFetch(callee.url)).json());
      return c.json(answers);
    });
    const told = await Promise.all(
      Array.from({ length: 50 }, async (_, day) => {
        const response = await traced.request(`/rates/${day}`);
        return { own: response.headers.get("traceparent") ?? "", calls: await response.json() };
      }),
    );
    const spans = await traced.spans();
    expect(spans).toHaveLength(150);
    const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
    for (const { own, calls } of told) {
      const [, traceId = "", serverId = ""] = own.split("-");
      for (const { traceparent } of calls as { traceparent: string }[]) {
        const [, calledTraceId, clientId = ""] = traceparent.split("-");
        const client = byId.get(clientId);
        expect([calledTraceId, client?.kind, client?.parentSpanContext?.spanId]).toEqual([
          traceId,
          SpanKind.CLIENT,
          serverId,
        ]);
        byId.delete(clientId);
      }
      expect(byId.delete(serverId)).toBe(true);
    }
    expect(byId.size).toBe(0);
  } finally {
    await callee.stop(true);
    await traced.close();
  }
});
