/**
 * The chain around every route: ids and trace, one line a request, limits, security headers, errors with ids.
 *
 * @example
 * import { Hono } from "hono";
 * import { createErrorMapper } from "footing/errors";
 * import { type RequestVariables, requestContext, requestLogger, thrownGuard } from "footing/http";
 * import { createLineSink, createLogger, renderJson } from "footing/logging";
 *
 * const write = (line: string) => console.log(line);
 * const logger = createLogger({ level: "info", sinks: [createLineSink({ render: renderJson, write })] });
 * const app = new Hono<{ Variables: RequestVariables }>();
 * app.use(requestContext({ onAnswer: [requestLogger({ logger })] }), thrownGuard());
 * app.onError(createErrorMapper());
 * app.get("/rates/:day", (c) => c.json({ day: c.req.param("day"), asked: c.get("requestId") }));
 *
 * @module
 */
export type { FieldFault } from "../errors/app-error.ts";
export type { CrossOriginOptions } from "./cross-origin.ts";
export { crossOrigin } from "./cross-origin.ts";
export type { RequestLocation } from "./field-faults.ts";
export { throwFieldFaults, toFieldFaults, toPointer } from "./field-faults.ts";
export type { JsonBodyOptions } from "./json-body.ts";
export { jsonBody } from "./json-body.ts";
export { createNotFoundHandler, listAllowedMethods } from "./method-not-allowed.ts";
export type { CursorScope, Page } from "./pagination.ts";
export { cursorOf, pageQuery, pageQueryShape, parseCursor, toPage } from "./pagination.ts";
export type { AnswerStep, RequestContextOptions, RequestVariables } from "./request-context.ts";
export { requestContext } from "./request-context.ts";
export type { RequestLoggerOptions } from "./request-logger.ts";
export { requestLogger } from "./request-logger.ts";
export type { DefinedRoute, RouteDefinition, RouteResponse } from "./route-definition.ts";
export type { RouteFactoryOptions } from "./route-factory.ts";
export { createRouteFactory, createRouter } from "./route-factory.ts";
export { findRoutePattern } from "./route-pattern.ts";
export { listSchema, problemSchema, responseSchema } from "./schemas.ts";
export type { SecurityHeadersOptions } from "./security-headers.ts";
export { securityHeaders } from "./security-headers.ts";
export type { Guard } from "./thrown-guard.ts";
export { thrownGuard } from "./thrown-guard.ts";
export type { TransportLimits } from "./transport-limits.ts";
export { originalRequest, transportLimits } from "./transport-limits.ts";
