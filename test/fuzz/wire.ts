import type { Socket } from "bun";

/** What came back over the wire; null where the server closed the connection without an answer. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * One connection to the server, over which bytes go out exactly as they are: `fetch` would mend much of what is to be
 * tried here. One request at a time; a connection that the server has closed is opened again by the next.
 */
export class WireClient {
  #socket: Socket | null = null;
  #received = Buffer.alloc(0);
  #changed: () => void = () => undefined;
  readonly #address: { readonly hostname: string; readonly port: number };

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#address = { hostname, port: Number(port) };
  }

  /**
   * @param closes whether the request leaves the connection in no state for another.
   * @throws when nothing comes within the time.
   */
  async send(
    bytes: Uint8Array,
    options: { readonly isHead: boolean; readonly closes: boolean; readonly withinMs: number },
  ) {
    this.#received = Buffer.alloc(0);
    const socket = this.#socket ?? (await this.#open());
    writeAll(socket, bytes);
    const deadline = performance.now() + options.withinMs;
    for (;;) {
      const closed = this.#socket !== socket;
      const answer = parseAnswer(this.#received, options.isHead, closed);
      if (answer !== null || closed) {
        if (options.closes || answer?.headers.get("connection") === "close") this.close();
        return answer;
      }
      const left = deadline - performance.now();
      if (left <= 0) {
        this.close();
        throw new Error(
          `no whole answer within ${options.withinMs} ms: ${this.#received.toString("latin1").slice(0, 200)}`,
        );
      }
      await this.#nextChange(left);
    }
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.terminate();
  }

  async #open(): Promise<Socket> {
    const socket = await Bun.connect({
      ...this.#address,
      socket: {
        data: (from, chunk) => {
          if (this.#socket !== null && from !== this.#socket) return;
          this.#received = Buffer.concat([this.#received, chunk]);
          this.#changed();
        },
        drain: (to) => pending.get(to)?.(),
        close: (from) => this.#lost(from),
        error: (from) => this.#lost(from),
      },
    });
    this.#socket = socket;
    return socket;
  }

  #lost(socket: Socket): void {
    if (this.#socket === socket) this.#socket = null;
    this.#changed();
  }

  async #nextChange(withinMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#changed = resolve;
    const timer = setTimeout(resolve, withinMs);
    await promise;
    clearTimeout(timer);
  }
}

/** What is to be written once a full socket takes more. */
const pending = new WeakMap<Socket, () => void>();

function writeAll(socket: Socket, bytes: Uint8Array): void {
  const written = Math.max(0, socket.write(bytes));
  if (written < bytes.length) pending.set(socket, () => writeAll(socket, bytes.subarray(written)));
  else pending.delete(socket);
}

/** The answer, once all of it is there. */
function parseAnswer(received: Buffer, isHead: boolean, closed: boolean): WireAnswer | null {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [statusLine = "", ...lines] = received.toString("latin1", 0, end).split("\r\n");
  const status = Number(/^HTTP\/1\.[01] ([0-9]{3})/.exec(statusLine)?.[1]);
  if (status === 100) return parseAnswer(received.subarray(end + 4), isHead, closed);
  const headers = new Headers();
  for (const line of lines) headers.append(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim());
  const rest = received.subarray(end + 4);
  const body = isHead || status === 204 || status === 304 ? Buffer.alloc(0) : parseBody(rest, headers, closed);
  return body === null ? null : { status, headers, body: body.toString("utf8") };
}

function parseBody(rest: Buffer, headers: Headers, closed: boolean): Buffer | null {
  if (/chunked/i.test(headers.get("transfer-encoding") ?? "")) return parseChunks(rest);
  const length = headers.get("content-length");
  if (length === null) return closed ? rest : null;
  return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : null;
}

function parseChunks(rest: Buffer): Buffer | null {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(rest.toString("latin1", at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (rest.length < next) return null;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
