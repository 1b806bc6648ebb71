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
 * What is known of a request when it comes. No header but User-Agent is read; of the query, the names of its parameters
 * are kept.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function requestAttributes(c: Context, sources: ServerSpanSources): Attributes {
  const { method, url, path } = c.req;
  const origin = originOf(url);
  const shownPath = redactor.text(clip(path));
  const attributes: Attributes = {
    "http.request.method": methodOf(c),
    "url.full": `${origin.text}${shownPath}${shownQuery(url)}`,
    "url.path": shownPath,
    "url.scheme": origin.scheme,
    "server.address": origin.host,
    "server.port": origin.port,
  };
  if (!knownMethods.has(method)) attributes["http.request.method_original"] = clip(method);
  add(attributes, "http.route", findRoutePattern(c));
  add(attributes, "client.address", sources.clientAddress?.(c));
  add(attributes, "network.protocol.version", sources.protocolVersion?.(c));
  const userAgent = c.req.header("user-agent");
  if (userAgent !== undefined) attributes["user_agent.original"] = redactor.text(clip(userAgent));
  return attributes;
}

/** What is known when it is over. */
export function answerAttributes(c: Context, status: number, sources: ServerSpanSources): Attributes {
  const attributes: Attributes = { "http.response.status_code": status };
  if (status >= 500) attributes["error.type"] = errorTypeOf(c, status);
  add(attributes, "request_id", c.get("requestId"));
  add(attributes, "error_id", c.get("errorId"));
  add(attributes, "user.id", sources.userId?.(c));
  return attributes;
}

function add(attributes: Attributes, name: string, value: unknown): void {
  if (typeof value === "string") attributes[name] = value;
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

/** `?token=…` tells as much as a header does, whatever its name: the values stay out. */
function shownQuery(url: string): string {
  const start = url.indexOf("?");
  if (start === -1) return "";
  const names = clip(url.slice(start)).replace(/=[^&#]*/g, "=REDACTED");
  return shownQueries.get(names) ?? keepShown(names, redactor.text(names));
}

/** Queries by their names alone, of which most APIs see only some. */
const shownQueries = new Map<string, string>();
const shownQueriesMax = 256;

function keepShown(names: string, shown: string): string {
  if (shownQueries.size >= shownQueriesMax) shownQueries.clear();
  shownQueries.set(names, shown);
  return shown;
}

interface Origin {
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
}

let lastOrigin: Origin | null = null;

/** Nearly every request has the origin of the one before. */
function originOf(url: string): Origin {
  const end = url.indexOf("/", url.indexOf("://") + 3);
  const text = end === -1 ? url : url.slice(0, end);
  if (lastOrigin?.text === text) return lastOrigin;
  const parsed = URL.parse(text);
  const scheme = parsed?.protocol.slice(0, -1) ?? "http";
  const port = Number(parsed?.port || (scheme === "https" ? 443 : 80));
  lastOrigin = { text, scheme, host: parsed?.hostname ?? "localhost", port };
  return lastOrigin;
}

export function schemeOf(c: Context): string {
  return originOf(c.req.url).scheme;
}

function clip(text: string): string {
  return text.length > textLengthMax ? text.slice(0, textLengthMax) : text;
}
