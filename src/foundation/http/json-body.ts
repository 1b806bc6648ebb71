import type { Context, MiddlewareHandler } from "hono";
import { BaseAppError } from "../errors/app-error.ts";
import { FoundationError } from "../errors/foundation-errors.ts";
import { jsonDepthMax, scanJson } from "./json-scanner.ts";
import { readInTime } from "./request-deadline.ts";

export interface JsonBodyOptions {
  /** Deepest nesting of arrays and objects; 64 by default. */
  readonly depthMax?: number;
}

const jsonContentType = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;

/**
 * For routes that take JSON: after it the body is one JSON text in UTF-8 with unique keys and nothing in it that
 * PostgreSQL cannot store, and `c.req.json()` and zod validators read it from memory. The stream is read once.
 *
 * @throws {FoundationError} UNSUPPORTED_MEDIA_TYPE unless the Content-Type is `application/json` (charset utf-8 or
 *   none) without a Content-Encoding.
 * @throws {FoundationError} REQUEST_BODY_TIMEOUT where it has not come when the request's time is up.
 * @throws {FoundationError} BODY_MALFORMED for an empty body, invalid UTF-8, invalid JSON, a repeated key, nesting
 *   over the limit, U+0000 or a lone surrogate; `detail` says where.
 */
export function jsonBody(options: JsonBodyOptions = {}): MiddlewareHandler {
  const depthMax = options.depthMax ?? jsonDepthMax;
  return async (c, next) => {
    assertJsonContentType(c);
    const text = await readText(c);
    if (text === "") throw new FoundationError("BODY_MALFORMED", { detail: "The body is empty." });
    const { fault } = scanJson(text, depthMax);
    if (fault !== null) {
      const where = fault.pointer === "" ? "" : ` (${fault.pointer})`;
      throw new FoundationError("BODY_MALFORMED", {
        detail: `At character ${fault.position}${where}: ${fault.reason}.`,
      });
    }
    // Hono keeps promises here and types them as what they resolve to.
    c.req.bodyCache = { text: Promise.resolve(text) as unknown as string };
    await next();
  };
}

/**
 * For routes that take no body.
 *
 * @throws {FoundationError} VALIDATION_FAILED for a request with one, which would otherwise be ignored.
 */
export function noBody(): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.raw.body !== null && (await readBytes(c)).byteLength > 0) {
      const fault = { pointer: "", detail: "this route takes no body" };
      throw new FoundationError("VALIDATION_FAILED", { detail: fault.detail, fields: [fault] });
    }
    await next();
  };
}

function assertJsonContentType(c: Context): void {
  const encoding = c.req.header("content-encoding");
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new FoundationError("UNSUPPORTED_MEDIA_TYPE", { detail: "Send the body without a Content-Encoding." });
  }
  if (!jsonContentType.test(c.req.header("content-type") ?? "")) {
    throw new FoundationError("UNSUPPORTED_MEDIA_TYPE", { detail: "Send the body as Content-Type: application/json." });
  }
}

async function readText(c: Context): Promise<string> {
  const bytes = await readBytes(c);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FoundationError("BODY_MALFORMED", { detail: "The body is not valid UTF-8.", cause });
  }
}

async function readBytes(c: Context): Promise<ArrayBuffer> {
  try {
    return await readInTime(c.req.arrayBuffer());
  } catch (cause) {
    if (cause instanceof BaseAppError) throw cause;
    throw new FoundationError("BODY_MALFORMED", { detail: "The body could not be read to its end.", cause });
  }
}
