// What Node 20 has not yet; on newer ones each of them leaves the runtime's own as it is.
import "core-js/actual/map/group-by.js";
import "core-js/actual/promise/with-resolvers.js";
import "core-js/actual/url/parse.js";

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, RequestError } from "@hono/node-server";
import type { HttpServer, ListenOptions } from "../boot/process-runtime.ts";
import { startProcess } from "../boot/start-process.ts";

/** How often connections that have become idle are closed while the server drains. */
const idleSweepMs = 50;
const hostWhereNoneIs = "localhost";

// The entry on Node, which runs it as `bun run build:node` bundles it.
await startProcess({ name: "Node", embedded: null, probes: null, openRedisLink: null, httpVersion: "1.1", listen });

async function listen(options: ListenOptions): Promise<HttpServer> {
  const { hostname, port, headerBytesMax, idleSeconds, serve, onFault } = options;
  const handle = getRequestListener(
    (request, { incoming }) => serve(request, () => incoming.socket.remoteAddress ?? null),
    {
      hostname: hostWhereNoneIs,
      errorHandler: (error) => {
        if (error instanceof RequestError) return new Response(null, { status: 400 });
        onFault(error);
        return new Response(null, { status: 500 });
      },
    },
  );
  const idleMs = idleSeconds * 1000;
  const limits = { maxHeaderSize: headerBytesMax, keepAliveTimeout: idleMs, requireHostHeader: false };
  const server = createServer(limits, (incoming, outgoing) => {
    mendTarget(incoming);
    void handle(incoming, outgoing);
  });
  server.timeout = idleMs;
  server.listen(port, hostname);
  await once(server, "listening");
  return { url: urlOf(server.address() as AddressInfo), close: (graceMs) => drain(server, graceMs) };
}

/** A host or a target that is none gets one that the app can answer, with ids: the adapter would refuse it with neither. */
function mendTarget(incoming: IncomingMessage): void {
  const { headers, url = "" } = incoming;
  if (headers.host !== undefined && !isHost(headers.host)) headers.host = hostWhereNoneIs;
  if (!/^(?:\/|https?:\/\/)/.test(url)) incoming.url = "/";
  else if (url.includes("\\")) incoming.url = url.replace(/^[^?]*/, (path) => path.replaceAll("\\", "/"));
}

/** Whether a text is a host, and perhaps a port, as a URL says it. */
function isHost(text: string): boolean {
  const url = `http://${text}`;
  return URL.canParse(url) && new URL(url).host === text.toLowerCase().replace(/:80$/, "");
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
