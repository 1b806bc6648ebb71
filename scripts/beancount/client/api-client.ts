import type { z } from "zod";
import {
  ApiRefusedError,
  ApiUnavailableError,
  formatProblem,
  OutcomeUnknownError,
  parseJson,
  parseProblem,
} from "./api-errors.ts";

export interface ApiClientOptions {
  /** Where the API stands, without /api/v1. */
  readonly url: URL;
  readonly apiKey: string;
  /** Told before each wait. */
  readonly onWait: (reason: string, waitMs: number) => void;
  /** Replaceable in tests. */
  readonly sleep?: (waitMs: number) => Promise<void>;
}

interface ApiRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: string | null;
}

/** What came of one attempt. */
type Attempt =
  | { readonly kind: "answered"; readonly text: string }
  | { readonly kind: "later"; readonly reason: string; readonly waitMs: number; readonly limit: "rate" | "fault" };

/** How often one request waits: for its turn (429), and for a fault to pass. */
const WAITS_MAX = { rate: 30, fault: 5 } as const;
const WAIT_MS_MAX = 300_000;
const REQUEST_TIMEOUT_MS = 120_000;

/** 503 answers of which the API says that nothing was written, so that repeating them does nothing twice. */
const NOTHING_WRITTEN = new Set(["POOL_TIMEOUT", "DATABASE_UNAVAILABLE", "STATEMENT_TIMEOUT", "TRANSACTION_CONFLICT"]);

/**
 * Speaks JSON with the API. A 429 is waited out as Retry-After says. Reads are repeated when the API or the connection
 * fails; a write only when its answer says that nothing was written. A write whose outcome is unknown is never repeated.
 */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #sleep: (waitMs: number) => Promise<void>;

  constructor(options: ApiClientOptions) {
    this.#options = options;
    this.#sleep = options.sleep ?? ((waitMs) => new Promise((resolve) => setTimeout(resolve, waitMs)));
  }

  /** @param path - below /api/v1, with its leading slash */
  get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#exchange({ method: "GET", path, body: null }, schema);
  }

  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.#exchange({ method: "POST", path, body: JSON.stringify(body) }, schema);
  }

  async #exchange<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T> {
    const text = await this.#answerOf(request);
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const message = `${nameOf(request)} was answered with something else than this API answers`;
    throw new ApiUnavailableError(
      `${message} (${issue?.path.join(".") || "the body"}: ${issue?.message}); is --url right?`,
    );
  }

  async #answerOf(request: ApiRequest): Promise<string> {
    const waits = { rate: 0, fault: 0 };
    for (;;) {
      const attempt = await this.#attempt(request, waits.fault);
      if (attempt.kind === "answered") return attempt.text;
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
      return afterFailure(request, error, faults);
    }
    if (response.ok) return { kind: "answered", text };
    const problem = parseProblem(response.status, text);
    const reason = `${what}: ${formatProblem(problem)}`;
    const waitMs = waitOf(response, faults);
    if (response.status === 429) return { kind: "later", reason, waitMs, limit: "rate" };
    if (response.status < 500) throw new ApiRefusedError(what, problem);
    const isSafe = request.method === "GET" || (response.status === 503 && NOTHING_WRITTEN.has(problem.error_id ?? ""));
    if (!isSafe) throw new OutcomeUnknownError(what, formatProblem(problem));
    return { kind: "later", reason, waitMs, limit: "fault" };
  }

  /** The one place that a request leaves from. Repetitions pass here too, with the same request object. */
  #send(request: ApiRequest): Promise<Response> {
    const headers = new Headers({ Authorization: `Bearer ${this.#options.apiKey}`, Accept: "application/json" });
    if (request.body !== null) headers.set("Content-Type", "application/json");
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

function afterFailure(request: ApiRequest, error: unknown, faults: number): Attempt {
  const what = nameOf(request);
  const why = error instanceof Error ? error.message : String(error);
  if (request.method === "GET")
    return { kind: "later", reason: `${what}: ${why}`, waitMs: backoffOf(faults), limit: "fault" };
  if (isNeverSent(error)) throw new ApiUnavailableError(`${what} could not be sent: ${why}`, { cause: error });
  throw new OutcomeUnknownError(what, why, error);
}

function isNeverSent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
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
