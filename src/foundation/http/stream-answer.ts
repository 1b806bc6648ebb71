import type { Context } from "hono";
import { addToRequestLine, keepLogContext } from "../logging/log-context.ts";
import type { Logger } from "../logging/logger.ts";

export interface StreamedBody {
  /** With its charset where it is text. */
  readonly contentType: string;
  /** What a browser saves it as: ASCII letters, digits, `.`, `_` and `-`. */
  readonly filename: string;
}

/**
 * Answers 200 with a body that is sent as it is made, to be saved as a file. A HEAD has the same header fields; nothing is
 * made for it beyond what the stream has already.
 */
export async function answerStream(
  c: Context,
  stream: ReadableStream<Uint8Array>,
  { contentType, filename }: StreamedBody,
): Promise<Response> {
  const headers = { "Content-Type": contentType, "Content-Disposition": `attachment; filename="${filename}"` };
  addToRequestLine({ streamed: true });
  if (c.req.method !== "HEAD") return c.body(stream, 200, headers);
  await stream.cancel();
  return c.body(null, 200, headers);
}

/**
 * Logs why an answer that had begun was cut off, with the ids of the request in which it is called. The request's own line
 * in the log says 200.
 */
export function logCutOff(logger: Logger): (error: unknown) => void {
  return keepLogContext((error) => logger.error("the answer was cut off", { error }));
}
