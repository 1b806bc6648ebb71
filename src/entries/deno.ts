import type { HttpServer, ListenOptions } from "../boot/process-runtime.ts";
import { startProcess } from "../boot/start-process.ts";

// The entry on Deno.
await startProcess({ name: "Deno", embedded: null, probes: null, listen });

/** Deno sets its own limits on header fields and silence. */
async function listen({ hostname, port, serve, onFault }: ListenOptions): Promise<HttpServer> {
  const cut = new AbortController();
  const server = Deno.serve(
    {
      hostname,
      port,
      signal: cut.signal,
      // The API says itself where it listens.
      onListen: () => undefined,
      onError: (error) => {
        onFault(error);
        return new Response(null, { status: 500 });
      },
    },
    (request, { remoteAddr }) => serve(request, () => remoteAddr.hostname),
  );
  return { url: urlOf(server.addr), close: (graceMs) => drain(server, cut, graceMs) };
}

function urlOf({ hostname, port }: Deno.NetAddr): URL {
  return new URL(`http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`);
}

async function drain(server: Deno.HttpServer, cut: AbortController, graceMs: number): Promise<void> {
  const timer = setTimeout(() => cut.abort(), graceMs);
  await server.shutdown();
  clearTimeout(timer);
}
