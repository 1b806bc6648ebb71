import type { LogFilters } from "../model.ts";
import { DebugError } from "../outcome.ts";

/** A condition in SigNoz's filter language. Made by the functions here alone, so that no value is ever read as language. */
export type Condition = string & { readonly condition: unique symbol };

/** The fields that the API's log lines and spans are found by. */
export type FieldName =
  | "trace_id"
  | "severity_text"
  | "service.name"
  | "deployment.environment.name"
  | "http.route"
  | "user.id"
  | "error_id"
  | "request_id"
  | "body"
  | "name"
  | "kind_string"
  | "db.system.name";

const condition = (text: string): Condition => text as Condition;

/** A value as the language quotes it: within, only the quote and the backslash mean anything. */
function quote(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

export const equals = (field: FieldName, value: string): Condition => condition(`${field} = ${quote(value)}`);
export const exists = (field: FieldName): Condition => condition(`${field} EXISTS`);
export const isAbsent = (field: FieldName): Condition => condition(`${field} NOT EXISTS`);

/** CONTAINS is ILIKE in the server, where these three mean something. */
export function contains(field: FieldName, value: string): Condition {
  return condition(`${field} CONTAINS ${quote(value.replace(/[\\%_]/g, "\\$&"))}`);
}

/** All of them; each in parentheses, as what the server adds to it must not bind tighter. */
export function allOf(conditions: readonly (Condition | null)[]): Condition {
  return condition(
    conditions
      .filter((each) => each !== null)
      .map((each) => `(${each})`)
      .join(" AND "),
  );
}

/**
 * A condition that the user wrote in the language.
 * @throws DebugError (usage) where a quote or parenthesis has no partner, so that it would reach beyond itself
 */
export function rawCondition(text: string): Condition {
  const rest = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gs, "");
  let depth = 0;
  for (const [mark] of rest.matchAll(/[()]/g)) {
    depth += mark === "(" ? 1 : -1;
    if (depth < 0) break;
  }
  if (depth === 0 && !/["']/.test(rest) && text.trim() !== "") return condition(text);
  throw new DebugError("usage", "--where is no whole condition", "such as --where \"http.route = '/api/v1/books'\"");
}

/** The levels as OpenTelemetry writes them. */
const levels = ["trace", "debug", "info", "warn", "error", "fatal"];

/** The condition of a listing of log lines. */
export function logCondition(filters: LogFilters): Condition {
  const { level, service, environment, route, user, errorId, search, traceId, requestId, where } = filters;
  const given = (field: FieldName, value: string | undefined): Condition | null =>
    value === undefined ? null : equals(field, value);
  return allOf([
    level === undefined ? null : atLeast(level),
    given("service.name", service),
    given("deployment.environment.name", environment),
    given("http.route", route),
    given("user.id", user),
    given("error_id", errorId),
    given("trace_id", traceId?.toLowerCase()),
    given("request_id", requestId),
    search === undefined ? null : contains("body", search),
    where === undefined ? null : rawCondition(where),
  ]);
}

/** This level and the graver ones, however the sender writes them. */
function atLeast(level: string): Condition {
  const from = levels.indexOf(level.toLowerCase());
  if (from < 0) throw new DebugError("usage", `no such level: ${level}`, `one of ${levels.join(", ")}`);
  const names = levels.slice(from).flatMap((each) => [each, each.toUpperCase()]);
  return condition(`severity_text IN (${names.map(quote).join(", ")})`);
}
