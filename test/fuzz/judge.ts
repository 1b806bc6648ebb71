import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { catalogue } from "../../src/errors.ts";
import type { ApiDocument, DocumentedOperation, Operation } from "../api/shared-suite/operations.ts";
import { matchesPath } from "../api/shared-suite/operations.ts";
import { type Draft, targetOf } from "./draft.ts";
import { secretMark } from "./twists/twist.ts";
import type { WireAnswer } from "./wire.ts";

/** What the chain puts on every answer, whoever made it. */
const chainFields: Readonly<Record<string, RegExp>> = {
  "x-request-id": /^[A-Za-z0-9._:/+=@-]{1,128}$/,
  traceparent: /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^no-referrer$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "cache-control": /./,
};

/** What a request may be answered with that no documented operation takes. */
const strayErrors = [
  "ROUTE_NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "UNAUTHENTICATED",
  "SCOPE_INSUFFICIENT",
  "VALIDATION_FAILED",
  "URI_TOO_LONG",
  "HEADERS_TOO_LARGE",
  "BODY_TOO_LARGE",
  "RATE_LIMITED",
];

const pages = /^\/(?:docs(?:\/(?:scalar|start)\.js)?|openapi\.json)$/;

/** Holds answers against what the API's own document says of the route, its schemas compiled once. */
export function createJudge(document: ApiDocument, operations: readonly Operation[]) {
  const ajv = formats(new Ajv2020({ strict: false }));
  ajv.addFormat("password", true);
  ajv.addSchema(document, "api");
  const compiled = new Map<string, ValidateFunction>();

  function schemaFaults(place: readonly string[], body: unknown): string[] {
    const pointer = place
      .map((token) => token.replaceAll("~", "~0").replaceAll("/", "~1"))
      .map(encodeURIComponent)
      .join("/");
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `api#/${pointer}/schema` });
    compiled.set(pointer, validate);
    return validate(body) ? [] : [`the body does not match its schema: ${ajv.errorsText(validate.errors)}`];
  }

  function operationOf(draft: Draft): Operation | null {
    const path = pathOf(targetOf(draft));
    if (path === null) return null;
    const method = draft.method === "HEAD" ? "GET" : draft.method;
    const fitting = operations.filter((operation) => operation.method === method && matchesPath(operation.path, path));
    return fitting.toSorted((a, b) => parametersIn(a) - parametersIn(b))[0] ?? null;
  }

  /** What is wrong with an answer; nothing where it is as documented. */
  return function faultsOf(draft: Draft, answer: WireAnswer | null, refused: boolean): string[] {
    if (answer === null) return draft.frame === null ? ["the connection was closed without an answer"] : [];
    const byServer = draft.frame !== null && !answer.headers.has("x-request-id");
    // 505 is for a version of HTTP that the server does not speak.
    if (byServer)
      return (answer.status >= 400 && answer.status < 500) || answer.status === 505
        ? []
        : [`a ${answer.status} without the app`];
    if (answer.status >= 500) return [`a ${answer.status}`];
    const text = JSON.stringify([...answer.headers]) + answer.body;
    return [
      ...(refused && answer.status < 400 ? [`${answer.status} to what must be refused`] : []),
      ...(text.includes(secretMark) ? ["a secret is in the answer"] : []),
      ...(answer.headers.has("x-injected") ? ["a header field was injected"] : []),
      ...chainFaults(answer),
      ...contentFaults(draft, answer, draft.frame === null ? operationOf(draft) : null),
    ];
  };

  function contentFaults(draft: Draft, answer: WireAnswer, operation: Operation | null): string[] {
    const type = answer.headers.get("content-type") ?? "";
    const body = /\bjson\b/.test(type) && answer.body !== "" ? parse(answer.body) : undefined;
    const problem = answer.status >= 400 && draft.method !== "HEAD" ? problemFaults(answer, body) : [];
    if (operation === null) return [...problem, ...(draft.frame === null ? strayFaults(draft, answer, body) : [])];
    const documented = document.paths[operation.path]?.[operation.method.toLowerCase()] as DocumentedOperation;
    const response = documented.responses[answer.status];
    if (response === undefined) return [...problem, `${answer.status} is not documented: ${errorIdOf(body)}`];
    const errorId = errorIdOf(body);
    const listed = answer.status < 400 || draft.method === "HEAD" || operation.errorIds.includes(errorId);
    const place = [
      "paths",
      operation.path,
      operation.method.toLowerCase(),
      "responses",
      String(answer.status),
      "content",
    ];
    return [
      ...problem,
      ...(listed ? [] : [`${errorId} is not among the route's errors`]),
      ...(response.content === undefined
        ? answer.body === ""
          ? []
          : ["a body where none is documented"]
        : Object.keys(response.content).some((documentedType) => type.startsWith(documentedType))
          ? body === undefined || draft.method === "HEAD"
            ? []
            : schemaFaults([...place, mediaTypeOf(type)], body)
          : [`the content type ${type} is not documented`]),
    ];
  }
}

function mediaTypeOf(contentType: string): string {
  return contentType.split(";")[0]?.trim() ?? "";
}

const parametersIn = ({ path }: Operation): number => path.split("{").length;

/** The path as routing sees it: dot segments gone, what is percent-encoded decoded except for what separates. */
function pathOf(target: string): string | null {
  const path = URL.parse(`http://localhost${target}`)?.pathname;
  if (path === undefined) return null;
  return path.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURI(run);
    } catch {
      return run;
    }
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { unparsable: text };
  }
}

function errorIdOf(body: unknown): string {
  return typeof body === "object" && body !== null && "error_id" in body ? String(body.error_id) : "";
}

function chainFaults({ headers }: WireAnswer): string[] {
  return Object.entries(chainFields).flatMap(([name, form]) =>
    form.test(headers.get(name) ?? "") ? [] : [`the header field ${name} is ${JSON.stringify(headers.get(name))}`],
  );
}

function problemFaults({ status, headers }: WireAnswer, body: unknown): string[] {
  const problem = (body ?? {}) as Readonly<Record<string, unknown>>;
  const known = Object.entries(catalogue).find(([id]) => id === problem["error_id"])?.[1];
  return [
    ...(headers.get("content-type") === "application/problem+json" ? [] : ["an error that is no problem+json"]),
    ...(known?.status === status ? [] : [`${String(problem["error_id"])} is no error of status ${status}`]),
    ...(problem["request_id"] === headers.get("x-request-id") ? [] : ["request_id is not that of the header field"]),
    ...(headers.get("traceparent")?.includes(`-${String(problem["trace_id"])}-`)
      ? []
      : ["trace_id is not that of traceparent"]),
    ...(status === 401 && !headers.has("www-authenticate") ? ["a 401 without WWW-Authenticate"] : []),
    ...(status === 405 && !headers.has("allow") ? ["a 405 without Allow"] : []),
  ];
}

function strayFaults(draft: Draft, { status, headers }: WireAnswer, body: unknown): string[] {
  if (status >= 400) {
    return draft.method === "HEAD" || strayErrors.includes(errorIdOf(body))
      ? []
      : [`${errorIdOf(body)} where there is no route`];
  }
  if (draft.method === "OPTIONS" && status === 204 && headers.has("allow")) return [];
  if (pages.test(pathOf(targetOf(draft)) ?? "")) return [];
  return [`${status} where there is no route`];
}
