import http from "node:http";
import type { Server } from "bun";
import { bunProbes } from "./boot/bun-probes.ts";
import type { HttpServer, ListenOptions } from "./boot/process-runtime.ts";
import { startProcess } from "./boot/start-process.ts";
import { EmbeddedDatabaseError, startEmbedded } from "./foundation/db/embedded/index.ts";
import { createBunRedisLink } from "./foundation/rate-limit/bun-redis-link.ts";

// The entry on Bun.
await startProcess({
  name: "Bun",
  embedded: { start: startEmbedded, Fault: EmbeddedDatabaseError },
  probes: bunProbes,
  openRedisLink: (url) => createBunRedisLink({ url }),
  httpVersion: "1.1",
  listen,
});

async function listen({
  hostname,
  port,
  headerBytesMax,
  idleSeconds,
  serve,
  onFault,
}: ListenOptions): Promise<HttpServer> {
  // Bun reads it when it starts to serve; the types say that Node would not.
  Reflect.set(http, "maxHeaderSize", headerBytesMax);
  const server = Bun.serve({
    hostname,
    port,
    development: false,
    // The app counts bodies itself and answers with ids; Bun's own refusal has neither.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    idleTimeout: idleSeconds,
    fetch: (request, self) => serve(request, () => self.requestIP(request)?.address ?? null),
    error: (error) => {
      onFault(error);
      return new Response(null, { status: 500 });
    },
  });
  return { url: server.url, close: (graceMs) => drain(server, graceMs) };
}

async function drain(server: Server<undefined>, graceMs: number): Promise<void> {
  const timer = setTimeout(() => void server.stop(true), graceMs);
  await server.stop();
  clearTimeout(timer);
}
