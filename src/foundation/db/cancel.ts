/** The server's process behind a connection, and what proves that a request to cancel comes from its client. */
export interface Backend {
  readonly pid: number;
  readonly secret: number;
}

/** A connected socket, as far as it is written to here. */
export interface CancelSocket {
  end(bytes: Uint8Array): unknown;
  destroy(): unknown;
  once(event: "close" | "error", listener: (error?: unknown) => void): unknown;
}

/**
 * Asks the server to cancel whatever a backend is running, over a socket of its own (CancelRequest, PostgreSQL's protocol 3.0).
 * Resolves once the server has closed that socket, and so has passed the request on: what the backend is sent afterwards is not
 * met by it. It goes unencrypted, as the server takes it before it asks for TLS; its secret is good for nothing else.
 *
 * @throws what opening the socket threw, what broke it, or a plain `Error` when the server does not close it in time.
 */
export async function cancelRunning(
  open: () => Promise<CancelSocket>,
  backend: Backend,
  timeoutMs: number,
): Promise<void> {
  const socket = await open();
  const passedOn = Promise.withResolvers<void>();
  socket.once("error", passedOn.reject);
  socket.once("close", () => passedOn.resolve());
  const late = new Error(`the server did not take a request to cancel within ${timeoutMs} ms`);
  const timer = setTimeout(passedOn.reject, timeoutMs, late);
  socket.end(cancelRequest(backend));
  try {
    await passedOn.promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function cancelRequest({ pid, secret }: Backend): Uint8Array {
  const message = new DataView(new ArrayBuffer(16));
  message.setInt32(0, message.byteLength);
  message.setInt32(4, 80_877_102);
  message.setUint32(8, pid);
  message.setUint32(12, secret);
  return new Uint8Array(message.buffer);
}
