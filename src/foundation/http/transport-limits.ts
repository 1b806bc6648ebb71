import type { Context } from "hono";
import { FoundationError } from "../errors/foundation-errors.ts";
import { addToRequestLine, keepLogContext } from "../logging/log-context.ts";
import type { Guard } from "./thrown-guard.ts";

export interface TransportLimits {
  /** 4 MiB by default. */
  readonly bodyBytesMax?: number;
  /** Path and query together; 8,192 by default. */
  readonly uriBytesMax?: number;
  /** Names and values of all header fields, with four bytes a field for `: ` and the line break; 16 KiB by default. */
  readonly headerBytesMax?: number;
  /** Header fields; 150 by default. */
  readonly headerFieldsMax?: number;
}

/**
 * Refuses what is too large before anything looks at it. They must lie below the server's own limits, whose answers
 * have no body and no ids. A body that declares its length is refused at once; any other is counted as it is read,
 * and reading stops at the limit: nothing is buffered here.
 *
 * @throws {FoundationError} URI_TOO_LONG, HEADERS_TOO_LARGE, BODY_TOO_LARGE (the last from whoever reads the body).
 */
export function transportLimits(limits: TransportLimits = {}): Guard {
  const {
    bodyBytesMax = 4 * 1_024 * 1_024,
    uriBytesMax = 8_192,
    headerBytesMax = 16 * 1_024,
    headerFieldsMax = 150,
  } = limits;
  return (c) => {
    if (targetLength(c.req.url) > uriBytesMax) {
      throw new FoundationError("URI_TOO_LONG", { detail: `The path and query may have ${uriBytesMax} bytes.` });
    }
    const headers = measure(c.req.raw.headers);
    if (headers.bytes > headerBytesMax || headers.fields > headerFieldsMax) {
      const detail = `There may be ${headerFieldsMax} header fields of ${headerBytesMax} bytes in all.`;
      throw new FoundationError("HEADERS_TOO_LARGE", { detail });
    }
    limitBody(c, bodyBytesMax);
  };
}

/** A request's URL is ASCII by the time it is here: anything else in it has been percent-encoded. */
function targetLength(url: string): number {
  return url.length - Math.max(0, url.indexOf("/", url.indexOf("://") + 3));
}

function measure(headers: Headers): { readonly bytes: number; readonly fields: number } {
  let bytes = 0;
  let fields = 0;
  headers.forEach((value, name) => {
    bytes += name.length + value.length + 4;
    fields += 1;
  });
  return { bytes, fields };
}

function limitBody(c: Context, bodyBytesMax: number): void {
  const { body, headers } = c.req.raw;
  const declared = headers.get("content-length");
  if (declared !== null && Number(declared) > bodyBytesMax) throw bodyTooLarge(bodyBytesMax);
  // With a declared length the server sees to it that no more is sent.
  const framed = declared !== null && !headers.has("transfer-encoding");
  if (body === null || framed) return;
  // The Fetch standard demands `duplex` for a streamed body; the type does not know it yet.
  const init: RequestInit & { duplex: "half" } = { body: countBytes(body, bodyBytesMax), duplex: "half" };
  const original = c.req.raw;
  c.req.raw = new Request(original, init);
  originals.set(c.req.raw, original);
}

const originals = new WeakMap<Request, Request>();

/**
 * The request as the runtime gave it: what `server.requestIP` and the like know. `c.req.raw` may be a copy, made to
 * count a body of undeclared length.
 */
export function originalRequest(c: Context): Request {
  return originals.get(c.req.raw) ?? c.req.raw;
}

function countBytes(body: ReadableStream<Uint8Array>, bytesMax: number): ReadableStream<Uint8Array> {
  let bytes = 0;
  const tellBytes = keepLogContext(() => addToRequestLine({ "http.request.body.size": bytes }));
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) controller.error(bodyTooLarge(bytesMax));
      else controller.enqueue(chunk);
    },
    flush: tellBytes,
  });
  return body.pipeThrough(counter);
}

function bodyTooLarge(bytesMax: number) {
  return new FoundationError("BODY_TOO_LARGE", { detail: `A request body may have ${bytesMax} bytes.` });
}
