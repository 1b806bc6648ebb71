import type { Answered } from "../performing.ts";

/** A question to the application, and the model's answer. */
export interface Query {
  /** The route, as the coverage counts it. */
  readonly endpoint: string;
  readonly path: string;
  /** Read page by page with this `limit`, and compared as one list. */
  readonly limit?: number;
  readonly status?: number;
  /** The body, or the items of all pages. Absent: only the status is compared. */
  readonly expected?: unknown;
  /** Whether its `knowledge` stands for what is known now. */
  readonly learns?: boolean;
  /** What is compared of a body that says more than the model knows. */
  readonly of?: (body: Answered) => unknown;
}

export const pathWith = (path: string, fields: Readonly<Record<string, string | undefined>>) => {
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  if (given.length === 0) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${new URLSearchParams(given)}`;
};

export const notFound = (endpoint: string, path: string): Query => ({ endpoint, path, status: 404 });

export const missingId = "0198c5a0-0000-7000-8000-00000000dead";
