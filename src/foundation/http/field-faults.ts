import type { z } from "@hono/zod-openapi";
import type { FieldFault } from "../errors/app-error.ts";
import { FoundationError } from "../errors/foundation-errors.ts";

/** Where in a request a field stands. */
export type RequestLocation = "params" | "query" | "headers" | "body";

type Issue = z.core.$ZodIssue;

/** Most faults that one answer lists; a bulk request of 1,000 items still gets one for each. */
export const faultsMax = 1_000;
const tokenLengthMax = 128;

/**
 * The faults that zod found, one for each bad field, unknown fields named each. Pointers (RFC 6901) into a body are
 * relative to it (`/lines/0/amount`); elsewhere the location comes first (`/query/limit`, `/params/book_id`,
 * `/headers/Idempotency-Key`). An issue made with `params: { error_id }` carries that id on.
 */
export function toFieldFaults(error: z.core.$ZodError, location: RequestLocation): FieldFault[] {
  const root = location === "body" ? [] : [location];
  return error.issues.flatMap((issue) => issueToFaults(issue, root, location));
}

/** @throws {FoundationError} VALIDATION_FAILED, always, with the first 1,000 of these faults. */
export function throwFieldFaults(faults: readonly FieldFault[]): never {
  const [first] = faults;
  const detail =
    faults.length === 1 && first !== undefined
      ? `${first.pointer === "" ? "The body" : first.pointer}: ${first.detail}`
      : `${faults.length} fields are missing, unknown or of the wrong form.`;
  throw new FoundationError("VALIDATION_FAILED", { detail, fields: faults.slice(0, faultsMax) });
}

/** An RFC 6901 pointer; a token over 128 characters is cut, so that a hostile key is not echoed at length. */
export function toPointer(tokens: readonly PropertyKey[]): string {
  return tokens.map((token) => `/${clip(String(token)).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function issueToFaults(issue: Issue, prefix: readonly PropertyKey[], location: RequestLocation): FieldFault[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    const detail = location === "query" ? "unknown query parameter" : "unknown field";
    return issue.keys.map((key) => ({ pointer: toPointer([...path, key]), detail }));
  }
  if (issue.code === "invalid_union") {
    const closest = closestBranch(issue.errors);
    if (closest !== null) return closest.flatMap((inner) => issueToFaults(inner, path, location));
    return [{ pointer: toPointer(path), detail: "fits none of the accepted forms" }];
  }
  const { error_id } = issue.code === "custom" ? (issue.params ?? {}) : {};
  const fault = { pointer: toPointer(path), detail: detailOf(issue) };
  return [typeof error_id === "string" ? { ...fault, error_id } : fault];
}

/** Of a union's branches the one that came nearest, unless every branch failed at its very root. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const entered = branches.filter((issues) => issues.some((i) => i.path.length > 0 || i.code === "unrecognized_keys"));
  return entered.toSorted((a, b) => a.length - b.length)[0] ?? null;
}

function detailOf(issue: Issue): string {
  if (issue.code === "invalid_type" && issue.input === undefined && issue.message.endsWith("received undefined")) {
    return "is required";
  }
  return issue.message;
}

function clip(text: string): string {
  return text.length > tokenLengthMax ? `${text.slice(0, tokenLengthMax)}…` : text;
}
