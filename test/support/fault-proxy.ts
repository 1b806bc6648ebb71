import type { Socket, TCPSocketListener } from "bun";

/**
 * A TCP proxy in front of PostgreSQL that cuts the connection when a client sends a given text: what a network does
 * at the worst moment. Forwards everything otherwise.
 */
export interface FaultProxy {
  /** The given URL, through the proxy. */
  through(url: string): string;
  /** Cuts the next connection that sends this text: before it reaches the server, or after (the answer is lost). */
  cutAt(text: string, when: "before" | "after"): void;
  /** Cuts the connection that sends the next piece of data, whatever it is, after `pieces` more of any connection. */
  cutIn(pieces: number, when: "before" | "after"): void;
  /** Takes back a cut that has not come. */
  disarm(): void;
  /** Passes nothing on any more, either way, and closes nothing: a network that has gone silent. */
  silence(): void;
  /** How many connections were cut. */
  readonly cuts: number;
  stop(): void;
}

interface Link {
  upstream: Socket<undefined> | null;
  readonly early: Uint8Array[];
}

export function createFaultProxy(targetUrl: string): FaultProxy {
  const target = new URL(targetUrl);
  let armed: { readonly meant: (bytes: Uint8Array) => boolean; readonly when: "before" | "after" } | null = null;
  let cuts = 0;
  let silent = false;

  const listener: TCPSocketListener<Link> = Bun.listen<Link>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(client) {
        client.data = { upstream: null, early: [] };
        void connect(client);
      },
      data(client, bytes) {
        if (silent) return;
        const { upstream, early } = client.data;
        if (armed?.meant(bytes) === true) {
          const { when } = armed;
          armed = null;
          cuts += 1;
          if (when === "before") {
            upstream?.terminate();
            client.terminate();
            return;
          }
          // The server gets the statement and the client never hears of it.
          upstream?.write(bytes);
          client.terminate();
          setTimeout(() => upstream?.end(), 200);
          return;
        }
        if (upstream === null) early.push(Uint8Array.from(bytes));
        else upstream.write(bytes);
      },
      close(client) {
        if (client.data.upstream !== null) setTimeout(() => client.data.upstream?.end(), 300);
      },
    },
  });

  async function connect(client: Socket<Link>): Promise<void> {
    client.data.upstream = await Bun.connect({
      hostname: target.hostname,
      port: Number(target.port || 5432),
      socket: {
        data: (_, bytes) => void (silent || client.write(bytes)),
        close: () => void client.end(),
      },
    });
    for (const bytes of client.data.early.splice(0)) client.data.upstream.write(bytes);
  }

  return {
    through(url) {
      const proxied = new URL(url);
      proxied.hostname = "127.0.0.1";
      proxied.port = String(listener.port);
      return proxied.href;
    },
    cutAt(text, when) {
      armed = { meant: (bytes) => new TextDecoder("latin1").decode(bytes).includes(text), when };
    },
    cutIn(pieces, when) {
      let left = pieces;
      armed = { meant: () => left-- === 0, when };
    },
    disarm() {
      armed = null;
    },
    silence() {
      silent = true;
    },
    get cuts() {
      return cuts;
    },
    stop: () => listener.stop(true),
  };
}
