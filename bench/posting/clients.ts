/** One connection that sends a request, waits for its answer and sends the next: HTTP/1.1 by hand, as little as it takes. */
export interface Client {
  send(request: Uint8Array): Promise<Answer>;
  close(): void;
}

export interface Answer {
  readonly status: number;
  /** As the header field has it; null without one. */
  readonly retryAfter: string | null;
}

export async function connect(url: URL): Promise<Client> {
  let waiting: PromiseWithResolvers<Answer> | null = null;
  let received = "";
  const socket = await Bun.connect({
    hostname: url.hostname,
    port: Number(url.port),
    socket: {
      data(_, chunk) {
        received += chunk.toString("latin1");
        const end = received.indexOf("\r\n\r\n");
        if (end < 0) return;
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN);
        if (received.length < end + 4 + length) return;
        const retryAfter = /\r\nretry-after: ([^\r]+)/i.exec(received.slice(0, end))?.[1] ?? null;
        const status = Number(received.slice(9, 12));
        received = "";
        waiting?.resolve({ status, retryAfter });
      },
      close: () => waiting?.reject(new Error("the connection was closed")),
      error: (_, error) => waiting?.reject(error),
    },
  });
  return {
    send(request) {
      waiting = Promise.withResolvers();
      if (socket.write(request) !== request.byteLength) throw new Error("a request did not fit the socket's buffer");
      return waiting.promise;
    },
    close: () => socket.end(),
  };
}

/** How the answers came out: 201s a second, over the time that the clients had. */
export interface Load {
  readonly perSecond: number;
}

/**
 * Has so many clients send requests for some seconds, each as soon as its last one was answered.
 * @throws when an answer is anything but 201.
 */
export async function load(
  url: string,
  { clients, seconds, request }: { clients: number; seconds: number; request: () => Uint8Array },
): Promise<Load> {
  const connections = await Promise.all(Array.from({ length: clients }, () => connect(new URL(url))));
  const start = performance.now();
  const end = start + seconds * 1000;
  let answered = 0;
  const work = async (client: Client): Promise<void> => {
    while (performance.now() < end) {
      const { status } = await client.send(request());
      if (status !== 201) throw new Error(`a posting was answered with ${status}`);
      answered += 1;
    }
  };
  await Promise.all(connections.map(work));
  const took = (performance.now() - start) / 1000;
  for (const client of connections) client.close();
  return { perSecond: answered / took };
}
