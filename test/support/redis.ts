import type { Socket, TCPSocketListener } from "bun";

const configured = process.env["TEST_REDIS_URL"] ?? "redis://127.0.0.1:6379";

/** The Redis that tests may use, or null where none answers; they write nothing but keys that expire within minutes. */
export const redisUrl: string | null = await findRedis(configured);

if (redisUrl === null) {
  process.stderr.write(`No Redis answers at ${configured}: what needs one is skipped. TEST_REDIS_URL names another.\n`);
}

async function findRedis(url: string): Promise<string | null> {
  const client = new Bun.RedisClient(url, { connectionTimeout: 1_000, autoReconnect: false, maxRetries: 0 });
  try {
    await client.ping();
    return url;
  } catch {
    return null;
  } finally {
    client.close();
  }
}

interface Link {
  upstream: Socket<undefined> | null;
  readonly early: Uint8Array[];
}

/** A door in front of Redis that can be shut and opened again, on one port: what a Redis that stops and comes back looks like. */
export interface RedisGate {
  readonly url: string;
  /** Cuts every connection, and refuses new ones. */
  shut(): void;
  open(): void;
  /** Takes connections and passes nothing on, or goes on. */
  setSilent(silent: boolean): void;
  /** Connections that were made so far. */
  readonly connections: number;
  /** Bytes that came from clients so far. */
  readonly bytes: number;
}

export function createRedisGate(targetUrl: string): RedisGate {
  const target = new URL(targetUrl);
  let silent = false;
  let connections = 0;
  let bytes = 0;
  let listener: TCPSocketListener<Link> | null = listen(0);
  const { port } = listener;

  function listen(on: number): TCPSocketListener<Link> {
    return Bun.listen<Link>({
      hostname: "127.0.0.1",
      port: on,
      socket: {
        open(client) {
          connections += 1;
          client.data = { upstream: null, early: [] };
          void connect(client);
        },
        data(client, data) {
          bytes += data.length;
          if (silent) return;
          if (client.data.upstream === null) client.data.early.push(Uint8Array.from(data));
          else client.data.upstream.write(data);
        },
        close: (client) => void client.data.upstream?.end(),
      },
    });
  }

  async function connect(client: Socket<Link>): Promise<void> {
    client.data.upstream = await Bun.connect({
      hostname: target.hostname,
      port: Number(target.port || 6379),
      socket: { data: (_, data) => void client.write(data), close: () => void client.end() },
    });
    for (const data of client.data.early.splice(0)) client.data.upstream.write(data);
  }

  const through = new URL(targetUrl);
  through.hostname = "127.0.0.1";
  through.port = String(port);
  return {
    url: through.href,
    shut() {
      listener?.stop(true);
      listener = null;
    },
    open() {
      listener ??= listen(port);
    },
    setSilent(next) {
      silent = next;
    },
    get connections() {
      return connections;
    },
    get bytes() {
      return bytes;
    },
  };
}
