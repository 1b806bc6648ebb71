export type { AppErrorOptions, ErrorDefinition, FieldFault } from "./app-error.ts";
export { BaseAppError, defineErrors } from "./app-error.ts";
export { FoundationError, foundationErrors } from "./foundation-errors.ts";
export type { ErrorMapperOptions, MapUnknown, Problem, ProblemAnswer, ProblemContext } from "./problem.ts";
export { createErrorMapper, mapError, problemContentType, toProblem } from "./problem.ts";
