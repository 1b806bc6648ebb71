import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { catalogue } from "../../src/errors.ts";
import type { ApiDocument, Operation } from "../api/shared-suite/operations.ts";
import { matchesPath } from "../api/shared-suite/operations.ts";
import { type Draft, targetOf } from "./draft.ts";
import { pages } from "./pages.ts";
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

/** What is wrong with an answer; nothing where it is as documented. `refused`: the request must not succeed. */
export type Judge = (draft: Draft, answer: WireAnswer | null, refused: boolean) => string[];

/** Holds answers against what the API's own document says of the route. */
export function createJudge(document: ApiDocument, operations: readonly Operation[]): Judge {
  const schemaFaults = createSchemaCheck(document);
  const strayFaults = createStrayCheck();

  return (draft, answer, refused) => {
    if (answer === null) return draft.frame === null ? ["the connection was closed without an answer"] : [];
    if (draft.frame !== null && !answer.headers.has("x-request-id")) return serverFaults(answer);
    if (answer.status >= 500) return [`a ${answer.status}`];
    const text = JSON.stringify([...answer.headers]) + answer.body;
    return [
      ...(refused && answer.status < 400 ? [`${answer.status} to what must be refused`] : []),
      ...(text.includes(secretMark) ? ["a secret is in the answer"] : []),
      ...(answer.headers.has("x-injected") ? ["a header field was injected"] : []),
      ...chainFaults(answer),
      ...contentFaults(draft, answer),
    ];
  };

  function contentFaults(draft: Draft, answer: WireAnswer): string[] {
    const isJson = /\bjson\b/.test(answer.headers.get("content-type") ?? "");
    const body = isJson && answer.body !== "" ? parse(answer.body) : undefined;
    const problem = answer.status >= 400 && draft.method !== "HEAD" ? problemFaults(answer, body) : [];
    // Broken framing may have made it another request than the one that was meant.
    if (draft.frame !== null) return problem;
    const operation = findOperation(draft, operations);
    if (operation === null) return [...problem, ...strayFaults(draft, answer, body)];
    return [...problem, ...documentFaults(draft, answer, operation, body)];
  }

  function documentFaults(draft: Draft, answer: WireAnswer, operation: Operation, body: unknown): string[] {
    const method = operation.method.toLowerCase();
    const response = document.paths[operation.path]?.[method]?.responses[answer.status];
    const errorId = errorIdOf(body);
    if (response === undefined) return [`${answer.status} is not documented: ${errorId}`];
    if (draft.method === "HEAD") return answer.body === "" ? [] : ["a body in an answer to HEAD"];
    if (response.content === undefined) return answer.body === "" ? [] : ["a body where none is documented"];
    const type = answer.headers.get("content-type") ?? "";
    if (response.content[type] === undefined) return [`the content type ${type} is not documented`];
    const place = ["paths", operation.path, method, "responses", String(answer.status), "content", type];
    return [
      ...(answer.status < 400 || operation.errorIds.includes(errorId) ? [] : [`${errorId} is not the route's`]),
      ...(body === undefined ? [] : schemaFaults(place, body)),
    ];
  }
}

/** Holds bodies against schemas of the document (JSON Schema 2020-12), each compiled once. */
function createSchemaCheck(document: ApiDocument): (place: readonly string[], body: unknown) => string[] {
  // The document's other keywords are OpenAPI's.
  const ajv = formats(new Ajv2020({ strict: false }));
  ajv.addFormat("password", true);
  ajv.addSchema(document, "api");
  const compiled = new Map<string, ValidateFunction>();
  return (place, body) => {
    const tokens = place.map((token) => encodeURIComponent(token.replaceAll("~", "~0").replaceAll("/", "~1")));
    const pointer = tokens.join("/");
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `api#/${pointer}/schema` });
    compiled.set(pointer, validate);
    return validate(body) ? [] : [`the body does not match its schema: ${ajv.errorsText(validate.errors)}`];
  };
}

/** Which documented operation takes a request, if any: the one whose path has the fewest parameters. */
function findOperation(draft: Draft, operations: readonly Operation[]): Operation | null {
  const path = pathOf(targetOf(draft));
  if (path === null) return null;
  const method = draft.method === "HEAD" ? "GET" : draft.method;
  const fitting = operations.filter((operation) => operation.method === method && matchesPath(operation.path, path));
  return fitting.toSorted((a, b) => parametersIn(a) - parametersIn(b))[0] ?? null;
}

/** Of an answer that the server gave before the app saw the request. 505 is for a version of HTTP unknown to it. */
function serverFaults({ status }: WireAnswer): string[] {
  return (status >= 400 && status < 500) || status === 505 ? [] : [`a ${status} without the app`];
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

/** Of a request that no operation takes: it is for a page, which is the same for everybody, or for nothing that there is. */
function createStrayCheck() {
  const known = new Map<string, string>();

  function pageFaults(path: string, { method }: Draft, { headers, body }: WireAnswer): string[] {
    const type = headers.get("content-type");
    const key = `${path} ${headers.get("content-encoding")}`;
    if (method === "GET" && !known.has(key)) known.set(key, body);
    return [
      ...(type === pages.get(path) ? [] : [`the content type ${type} is not the page's`]),
      ...(body === (method === "HEAD" ? "" : known.get(key)) ? [] : ["the page is not what it was before"]),
    ];
  }

  return (draft: Draft, answer: WireAnswer, body: unknown): string[] => {
    if (answer.status >= 400) {
      return draft.method === "HEAD" || strayErrors.includes(errorIdOf(body))
        ? []
        : [`${errorIdOf(body)} where there is no route`];
    }
    if (draft.method === "OPTIONS" && answer.status === 204 && answer.headers.has("allow")) return [];
    const path = pathOf(targetOf(draft)) ?? "";
    const isPage = pages.has(path) && answer.status === 200 && ["GET", "HEAD"].includes(draft.method);
    return isPage ? pageFaults(path, draft, answer) : [`${answer.status} where there is no route`];
  };
}
