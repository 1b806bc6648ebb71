/**
 * Errors from a catalogue, answered once as `application/problem+json` with the ids of their request.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 *
 * @example
 * import { Hono } from "hono";
 * import { createErrorMapper, defineErrors, foundationErrors } from "footing/errors";
 *
 * const { AppError } = defineErrors({
 *   ...foundationErrors,
 *   TEAPOT: { status: 418, title: "I'm a teapot", retryable: false, meaning: "It makes tea.", remedy: "Ask for tea." },
 * });
 * const app = new Hono();
 * app.onError(createErrorMapper());
 * app.get("/coffee", () => {
 *   throw new AppError("TEAPOT", { detail: "No coffee here." });
 * });
 * const answer = await app.request("/coffee");
 * console.log(answer.status, await answer.json());
 *
 * @module
 */
export type { AppErrorOptions, ErrorDefinition, FieldFault } from "./app-error.ts";
export { BaseAppError, defineErrors } from "./app-error.ts";
export { FoundationError, foundationErrors } from "./foundation-errors.ts";
export type { ErrorMapperOptions, MapUnknown, Problem, ProblemAnswer, ProblemContext } from "./problem.ts";
export { createErrorMapper, mapError, problemContentType, toProblem } from "./problem.ts";
