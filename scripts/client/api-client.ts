import type { z } from "zod";
import { ApiRefusedError, ApiUnavailableError, formatProblem, parseJson, parseProblem } from "./api-errors.ts";

export interface ApiClientOptions {
  /** Where the API stands, without /api/v1. */
  readonly url: URL;
  readonly apiKey: string;
  /** Told before each wait. */
  readonly onWait: (reason: string, waitMs: number) => void;
  /** Replaceable in tests. */
  readonly sleep?: (waitMs: number) => Promise<void>;
}

/** A write, with the key under which the API does it once however often it is sent. */
export interface KeyedWrite {
  /** Below /api/v1, with its leading slash. */
  readonly path: string;
  readonly key: string;
  readonly body: unknown;
}

export interface Written<T> {
  readonly answer: T;
  /** The API had done it already, and answered as it did then. */
  readonly isReplay: boolean;
}

interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly key: string | null;
  readonly body: string | null;
}

/** What came of one attempt. */
type Attempt =
  | { readonly kind: "answered"; readonly text: string; readonly isReplay: boolean }
  | { readonly kind: "later"; readonly reason: string; readonly waitMs: number; readonly limit: "rate" | "fault" };

/** How often one request waits: for its turn (429), and for a fault to pass. */
const WAITS_MAX = { rate: 30, fault: 5 } as const;
const WAIT_MS_MAX = 300_000;
const REQUEST_TIMEOUT_MS = 120_000;

/**
 * Speaks JSON with the API. A 429 is waited out as Retry-After says. A request is sent again, a bounded number of times,
 * when the API or the connection fails; a write under the key that it had, so that it is done once even where an answer
 * was lost.
 */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #sleep: (waitMs: number) => Promise<void>;

  constructor(options: ApiClientOptions) {
    this.#options = options;
    this.#sleep = options.sleep ?? ((waitMs) => new Promise((resolve) => setTimeout(resolve, waitMs)));
  }

  /** @param path - below /api/v1, with its leading slash */
  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return (await this.#exchange({ method: "GET", path, key: null, body: null }, schema)).answer;
  }

  post<T>({ path, key, body }: KeyedWrite, schema: z.ZodType<T>): Promise<Written<T>> {
    return this.#exchange({ method: "POST", path, key, body: JSON.stringify(body) }, schema);
  }

  /** Changes what is there, whatever version of it there is. */
  patch<T>({ path, key, body }: KeyedWrite, schema: z.ZodType<T>): Promise<Written<T>> {
    return this.#exchange({ method: "PATCH", path, key, body: JSON.stringify(body) }, schema);
  }

  async #exchange<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<Written<T>> {
    const { text, isReplay } = await this.#answerOf(request);
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return { answer: parsed.data, isReplay };
    const [issue] = parsed.error.issues;
    const message = `${nameOf(request)} was answered with something else than this API answers`;
    throw new ApiUnavailableError(
      `${message} (${issue?.path.join(".") || "the body"}: ${issue?.message}); is --url right?`,
    );
  }

  async #answerOf(request: ApiRequest): Promise<Extract<Attempt, { kind: "answered" }>> {
    const waits = { rate: 0, fault: 0 };
    for (;;) {
      const attempt = await this.#attempt(request, waits.fault);
      if (attempt.kind === "answered") return attempt;
      waits[attempt.limit] += 1;
      if (waits[attempt.limit] > WAITS_MAX[attempt.limit]) {
        throw new ApiUnavailableError(
          `${nameOf(request)}: given up after ${WAITS_MAX[attempt.limit]} waits: ${attempt.reason}`,
        );
      }
      this.#options.onWait(attempt.reason, attempt.waitMs);
      await this.#sleep(attempt.waitMs);
    }
  }

  async #attempt(request: ApiRequest, faults: number): Promise<Attempt> {
    const what = nameOf(request);
    let response: Response;
    let text: string;
    try {
      response = await this.#send(request);
      text = await response.text();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { kind: "later", reason: `${what}: ${why}`, waitMs: backoffOf(faults), limit: "fault" };
    }
    if (response.ok) {
      return { kind: "answered", text, isReplay: response.headers.get("Idempotency-Replayed") === "true" };
    }
    const problem = parseProblem(response.status, text);
    const reason = `${what}: ${formatProblem(problem)}`;
    const waitMs = waitOf(response, faults);
    if (response.status === 429) return { kind: "later", reason, waitMs, limit: "rate" };
    if (response.status < 500) throw new ApiRefusedError(what, problem);
    return { kind: "later", reason, waitMs, limit: "fault" };
  }

  /** The one place that a request leaves from. Repetitions pass here too, with the same request object. */
  #send(request: ApiRequest): Promise<Response> {
    const headers = new Headers({ Authorization: `Bearer ${this.#options.apiKey}`, Accept: "application/json" });
    if (request.body !== null) headers.set("Content-Type", "application/json");
    if (request.method === "PATCH") headers.set("If-Match", "*");
    if (request.key !== null) headers.set("Idempotency-Key", request.key);
    const url = new URL(`${this.#options.url.pathname.replace(/\/+$/, "")}/api/v1${request.path}`, this.#options.url);
    return fetch(url, {
      method: request.method,
      headers,
      body: request.body,
      redirect: "error",
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  }
}

/** Retry-After in seconds or as a date; otherwise longer each time. */
function waitOf(response: Response, faults: number): number {
  const header = response.headers.get("Retry-After")?.trim() ?? "";
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(waitMs) ? backoffOf(faults) : Math.min(Math.max(waitMs, 0), WAIT_MS_MAX);
}

function backoffOf(faults: number): number {
  return 500 * 2 ** faults;
}

function nameOf({ method, path }: ApiRequest): string {
  return `${method} ${path}`;
}
