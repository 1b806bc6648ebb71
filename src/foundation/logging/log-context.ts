import { AsyncLocalStorage } from "node:async_hooks";
import { BoundFields } from "./bound-fields.ts";
import type { LogFields, TraceIds } from "./log-record.ts";

/** What the lines of one request, or of one piece of work, have in common. */
export interface LogScope {
  bound: BoundFields;
  /** The trace that the work belongs to, for where no span is active. */
  readonly trace: TraceIds | null;
  /** What the line about the request will carry besides. */
  readonly requestLine: Record<string, unknown>;
}

const scopes = new AsyncLocalStorage<LogScope>();

/** The scope that the running code is in, or null. */
export function findLogScope(): LogScope | null {
  return scopes.getStore() ?? null;
}

/**
 * Runs a function, and all that it starts, so that every line carries these fields, whichever logger writes it. Within
 * another scope they come on top of its fields, and its request line stays the one that is added to.
 *
 * @example
 * await withLogContext({ job_id: job.id }, () => run(job));
 */
export function withLogContext<T>(fields: LogFields, run: () => T, trace?: TraceIds): T {
  const outer = scopes.getStore();
  const scope: LogScope = {
    bound: (outer?.bound ?? BoundFields.none).with(fields),
    trace: trace ?? outer?.trace ?? null,
    requestLine: outer?.requestLine ?? {},
  };
  return scopes.run(scope, run);
}

/**
 * Gives more fields to all further lines of the present scope: what is known of a request only later, such as whose it
 * is. Outside a scope there is nothing to give them to, and nothing happens.
 */
export function bindLogContext(fields: LogFields): void {
  const scope = scopes.getStore();
  if (scope !== undefined) scope.bound = scope.bound.with(fields);
}

/**
 * A function that runs in the scope in which it was made, whoever calls it: for callbacks of what lives longer than the
 * request or serves several of them (a stream, a driver).
 */
export function keepLogContext<Args extends unknown[], T>(run: (...args: Args) => T): (...args: Args) => T {
  const scope = scopes.getStore();
  return scope === undefined ? run : (...args) => scopes.run(scope, run, ...args);
}

/** Puts fields on the one line that tells of the whole request. Outside a request nothing happens. */
export function addToRequestLine(fields: LogFields): void {
  const scope = scopes.getStore();
  if (scope !== undefined) Object.assign(scope.requestLine, fields);
}

/** Adds to a number on the request's line, which begins with 0: statements sent, milliseconds waited. To a thousandth. */
export function countInRequestLine(name: string, by: number): void {
  const line = scopes.getStore()?.requestLine;
  if (line === undefined) return;
  const before = line[name];
  line[name] = Math.round(((typeof before === "number" ? before : 0) + by) * 1_000) / 1_000;
}
