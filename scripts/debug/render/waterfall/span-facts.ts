import type { Attributes, Span } from "../../model.ts";

/** The text of an attribute under the first of its names that is there: conventions were renamed. */
function textOf(attributes: Attributes, ...names: readonly string[]): string | null {
  const name = names.find((each) => attributes[each] !== undefined && attributes[each] !== "");
  return name === undefined ? null : String(attributes[name]);
}

export const isStatement = ({ attributes }: Span): boolean =>
  textOf(attributes, "db.system.name", "db.system") !== null &&
  textOf(attributes, "db.query.text", "db.statement", "db.operation.name", "db.operation", "db.query.summary") !== null;

export const isOutboundRequest = ({ kind, attributes }: Span): boolean =>
  kind === "client" && textOf(attributes, "http.request.method", "http.method") !== null;

export const hasFailed = ({ status }: Span): boolean => status === "error";

/** What a span asks for: equal for spans that do the same again. */
export function taskOf({ name, kind, serviceName, attributes }: Span): string {
  const text = textOf(attributes, "db.query.text", "db.statement", "url.full", "http.url");
  return JSON.stringify([serviceName, kind, name, text]);
}

/** The name of a span, with whom it asked where its name alone does not tell. */
export function labelOf(span: Span): string {
  if (span.name === "") return "(no name)";
  if (!isOutboundRequest(span)) return span.name;
  const host = textOf(span.attributes, "server.address", "net.peer.name");
  return host === null || span.name.includes(host) ? span.name : `${span.name} ${host}`;
}
