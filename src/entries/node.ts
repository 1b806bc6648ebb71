// What Node 20 has not yet; on newer ones each of them leaves the runtime's own as it is.
import "core-js/actual/map/group-by.js";
import "core-js/actual/promise/with-resolvers.js";
import "core-js/actual/url/parse.js";

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { HttpServer, ListenOptions } from "../boot/process-runtime.ts";
import { startProcess } from "../boot/start-process.ts";

/** How often connections that have become idle are closed while the server drains. */
const idleSweepMs = 50;

// The entry on Node, which runs it as `bun run build:node` bundles it.
await startProcess({ name: "Node", embedded: null, probes: null, listen });

async function listen({
  hostname,
  port,
  headerBytesMax,
  idleSeconds,
  serve,
  onFault,
}: ListenOptions): Promise<HttpServer> {
  const handle = getRequestListener(
    (request, { incoming }) => serve(request, () => incoming.socket.remoteAddress ?? null),
    {
      hostname: "localhost",
      errorHandler: (error) => {
        onFault(error);
        return new Response(null, { status: 500 });
      },
    },
  );
  const idleMs = idleSeconds * 1000;
  const options = { maxHeaderSize: headerBytesMax, keepAliveTimeout: idleMs, requireHostHeader: false };
  const server = createServer(options, (incoming, outgoing) => {
    mendHost(incoming);
    void handle(incoming, outgoing);
  });
  server.timeout = idleMs;
  server.listen(port, hostname);
  await once(server, "listening");
  return { url: urlOf(server.address() as AddressInfo), close: (graceMs) => drain(server, graceMs) };
}

/** A host that is none would be refused without ids before the app sees the request. */
function mendHost({ headers }: IncomingMessage): void {
  if (headers.host !== undefined && !URL.canParse(`http://${headers.host}`)) headers.host = "localhost";
}

function urlOf({ address, family, port }: AddressInfo): URL {
  return new URL(`http://${family === "IPv6" ? `[${address}]` : address}:${port}`);
}

async function drain(server: Server, graceMs: number): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  const closed = once(server, "close");
  server.close();
  await closed;
  clearInterval(sweep);
  clearTimeout(timer);
}
