import type { HttpServer, ListenOptions } from "../boot/process-runtime.ts";
import { startProcess } from "../boot/start-process.ts";

// The entry on Deno.
await startProcess({ name: "Deno", embedded: null, probes: null, openRedisLink: null, httpVersion: null, listen });

/** Deno sets its own limits on header fields and silence. */
async function listen({ hostname, port, serve, onFault }: ListenOptions): Promise<HttpServer> {
  const server = Deno.serve(
    {
      hostname,
      port,
      // The API says itself where it listens.
      onListen: () => undefined,
      onError: (error) => {
        onFault(error);
        return new Response(null, { status: 500 });
      },
    },
    (request, { remoteAddr }) => serve(request, () => remoteAddr.hostname),
  );
  return { url: urlOf(server.addr), close: (graceMs) => drain(server, graceMs) };
}

function urlOf({ hostname, port }: Deno.NetAddr): URL {
  return new URL(`http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`);
}

/** What is still under way after the grace is cut off by the end of the process: aborting a server that shuts down throws. */
async function drain(server: Deno.HttpServer, graceMs: number): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, graceMs);
  await Promise.race([server.shutdown(), over.promise]);
  clearTimeout(timer);
}
