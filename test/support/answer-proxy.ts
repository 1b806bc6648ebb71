import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface Passing {
  readonly method: string;
  readonly path: string;
  /** The status that the API answered, so that what it did is committed. */
  readonly status: number;
}

export interface AnswerProxy extends AsyncDisposable {
  readonly url: URL;
  /** Every answer of the API, in order, those that were cut off included. */
  readonly passed: readonly Passing[];
}

/**
 * Stands before an API, and cuts the connection off instead of passing an answer on wherever `isLost` says so: the API has
 * done what it was asked, and the client does not learn of it.
 */
export async function startAnswerProxy(
  apiUrl: string,
  isLost: (passing: Passing, ordinal: number) => boolean,
): Promise<AnswerProxy> {
  const passed: Passing[] = [];
  const server = createServer(async (request, response) => {
    const answer = await fetch(`${apiUrl}${request.url}`, await toInit(request));
    const text = await answer.text();
    const passing = { method: request.method ?? "", path: request.url ?? "", status: answer.status };
    passed.push(passing);
    if (isLost(passing, passed.length)) request.socket.destroy();
    else passOn(response, answer, text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the proxy has no port");
  return {
    url: new URL(`http://127.0.0.1:${address.port}`),
    passed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function toInit(request: IncomingMessage): Promise<RequestInit> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = new Headers();
  for (const name of ["authorization", "content-type", "idempotency-key", "if-match", "accept"]) {
    const value = request.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  const method = request.method ?? "GET";
  return { method, headers, ...(method === "GET" ? {} : { body: Buffer.concat(chunks) }) };
}

function passOn(response: ServerResponse, answer: Response, text: string): void {
  const headers: Record<string, string> = {};
  for (const name of ["content-type", "idempotency-replayed", "retry-after"]) {
    const value = answer.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  response.writeHead(answer.status, headers).end(text);
}
