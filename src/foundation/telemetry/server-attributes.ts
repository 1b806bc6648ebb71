import type { Attributes } from "@opentelemetry/api";
import type { Context } from "hono";
import { findRoutePattern } from "../http/route-pattern.ts";
import { describeError } from "../logging/describe-error.ts";
import { createRedactor } from "../logging/redaction/redactor.ts";
import { exceptionAttributes } from "./log-attributes.ts";

/** What of a request its server can tell, and its runtime or its application alone. */
export interface ServerSpanSources {
  /** Who sent it: an address, or a network. */
  readonly clientAddress?: (c: Context) => string | null;
  /** The version of HTTP that it came by: `1.1`, `2`, `3`. */
  readonly protocolVersion?: (c: Context) => string | null;
  /** Who it turned out to be from, once it is over. */
  readonly userId?: (c: Context) => string | undefined;
}

const knownMethods: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"],
]);
const textLengthMax = 512;
const redactor = createRedactor();

/** The method for metrics and names: `_OTHER` for one that HTTP does not know, as callers could make up any number. */
export function methodOf(c: Context): string {
  const { method } = c.req;
  return knownMethods.has(method) ? method : "_OTHER";
}

/** `GET /books/:book_id`, or the method alone where no route matched. */
export function spanNameOf(c: Context): string {
  const method = knownMethods.has(c.req.method) ? c.req.method : "HTTP";
  const route = findRoutePattern(c);
  return route === null ? method : `${method} ${route}`;
}

/**
 * What is known of a request when it comes. No header but User-Agent is read; of the query, the names of its parameters are kept.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function requestAttributes(c: Context, sources: ServerSpanSources): Attributes {
  const { url, path } = c.req;
  const method = methodOf(c);
  const { scheme, host, port } = originOf(url);
  return defined({
    "http.request.method": method,
    "http.request.method_original": method === "_OTHER" ? clip(c.req.method) : undefined,
    "http.route": findRoutePattern(c) ?? undefined,
    "url.full": withoutQueryValues(redactor.text(clip(url))),
    "url.path": redactor.text(clip(path)),
    "url.scheme": scheme,
    "server.address": host,
    "server.port": port,
    "client.address": sources.clientAddress?.(c) ?? undefined,
    "user_agent.original": userAgentOf(c),
    "network.protocol.version": sources.protocolVersion?.(c) ?? undefined,
  });
}

/** What is known when it is over. */
export function answerAttributes(c: Context, status: number, sources: ServerSpanSources): Attributes {
  const errorId: unknown = c.get("errorId");
  return defined({
    "http.response.status_code": status,
    "error.type": status >= 500 ? errorTypeOf(c, status) : undefined,
    request_id: c.get("requestId"),
    error_id: typeof errorId === "string" ? errorId : undefined,
    "user.id": sources.userId?.(c),
  });
}

/** The error's id where it has one: there are as many as the catalogue lists. */
export function errorTypeOf(c: Context, status: number): string {
  const errorId: unknown = c.get("errorId");
  return typeof errorId === "string" ? errorId : String(status);
}

/** The event of the exception behind a 5xx. */
export function exceptionEvent(error: unknown): Attributes {
  const attributes = exceptionAttributes(describeError(error));
  return Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name, redactor.text(text)]));
}

function userAgentOf(c: Context): string | undefined {
  const text = c.req.header("user-agent");
  return text === undefined ? undefined : redactor.text(clip(text));
}

/** `?token=…` tells as much as a header: the values stay out, whatever their names. */
function withoutQueryValues(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? url : url.slice(0, start) + url.slice(start).replace(/=[^&#]*/g, "=REDACTED");
}

interface Origin {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
}

let lastOrigin: readonly [string, Origin] | null = null;

/** Nearly every request has the origin of the one before. */
function originOf(url: string): Origin {
  const end = url.indexOf("/", url.indexOf("://") + 3);
  const text = end === -1 ? url : url.slice(0, end);
  if (lastOrigin?.[0] === text) return lastOrigin[1];
  const parsed = URL.parse(text);
  const scheme = parsed?.protocol.slice(0, -1) ?? "http";
  const port = Number(parsed?.port || (scheme === "https" ? 443 : 80));
  const origin = { scheme, host: parsed?.hostname ?? "localhost", port };
  lastOrigin = [text, origin];
  return origin;
}

export function schemeOf(c: Context): string {
  return originOf(c.req.url).scheme;
}

function clip(text: string): string {
  return text.length > textLengthMax ? text.slice(0, textLengthMax) : text;
}

function defined(attributes: Record<string, string | number | undefined>): Attributes {
  for (const name in attributes) if (attributes[name] === undefined) delete attributes[name];
  return attributes as Attributes;
}
