import type { z } from "zod";
import { DebugError } from "../outcome.ts";
import type { SigNozSettings } from "../settings.ts";
import { type Fault, findFault, formatFault, RouteMissingError, toRefusal } from "./faults.ts";
import { type Json, parseJson } from "./parse-json.ts";

export interface ClientOptions extends SigNozSettings {
  /** The longest that one attempt may take, its answer read. */
  readonly timeoutMs: number;
  /** Told before each wait. */
  readonly onWait: (reason: string, waitMs: number) => void;
  readonly fetch?: (input: URL, init: RequestInit) => Promise<Response>;
  readonly sleep?: (waitMs: number) => Promise<void>;
}

export interface ClientRequest {
  readonly method: "GET" | "POST";
  /** Below the URL, without a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const attemptsMax = 4;
const waitMsMax = 60_000;
const passing = new Set([429, 502, 503, 504]);

/**
 * Speaks with SigNoz. What passes by itself (429, 502, 503, 504, a lost connection) is asked again a bounded number of
 * times, after as long as the server says. A redirect is not followed: the key goes to SIGNOZ_URL and nowhere else.
 */
export class SigNozClient {
  readonly #options: ClientOptions;
  readonly #fetch: NonNullable<ClientOptions["fetch"]>;
  readonly #sleep: NonNullable<ClientOptions["sleep"]>;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#sleep = options.sleep ?? ((waitMs) => Bun.sleep(waitMs));
  }

  /** Where SigNoz stands, without a slash at its end. */
  get base(): string {
    return this.#options.url.href.replace(/\/$/, "");
  }

  /**
   * @throws DebugError: unauthorised, unreachable, serverError; RefusedError and UnknownFieldError for a 400;
   * RouteMissingError where the route is not there
   */
  async ask<T>(request: ClientRequest, schema: z.ZodType<T>): Promise<T> {
    const { status, text } = await this.#answerOf(request);
    const body = parseBody(request, text);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const fault = findFault(body);
    if (fault !== null) throw new DebugError("serverError", `SigNoz answers ${status}: ${formatFault(fault)}`);
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") || "the body";
    throw new DebugError("serverError", `${nameOf(request)}: the answer is not what it should be at ${where}`);
  }

  /**
   * Reads a stream of events, which may last for ever: `signal` ends it.
   * @throws DebugError (unreachable) where it breaks off; RouteMissingError where there is none
   */
  async *readStream(request: ClientRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const stream = await this.#openStream(request, signal);
    try {
      yield* stream;
    } catch (error) {
      throw unreachable(this.base, error);
    }
  }

  async #openStream(request: ClientRequest, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#send(request, signal).catch((error: unknown) => {
      throw unreachable(this.base, error);
    });
    const isStream = /^text\/event-stream\b/.test(response.headers.get("content-type") ?? "");
    if (response.ok && isStream && response.body !== null) return response.body;
    const answer = { status: response.status, headers: response.headers, text: await response.text() };
    this.#assertAnswered(request, answer);
    throw new RouteMissingError(nameOf(request), false);
  }

  /** The time that the server's clock shows, and how far ours may be off in finding out. Null where it does not say. */
  async findServerTime(): Promise<{ readonly skewMs: number; readonly uncertaintyMs: number } | null> {
    const sentMs = Date.now();
    const response = await this.#send({ method: "GET", path: "api/v1/version" }, this.#timeout()).catch((error) => {
      throw unreachable(this.base, error);
    });
    const receivedMs = Date.now();
    await response.body?.cancel();
    const serverMs = Date.parse(response.headers.get("date") ?? "");
    if (Number.isNaN(serverMs)) return null;
    // The header has whole seconds.
    return { skewMs: serverMs + 500 - (sentMs + receivedMs) / 2, uncertaintyMs: 500 + (receivedMs - sentMs) / 2 };
  }

  async #answerOf(request: ClientRequest): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const { answer, problem } = await this.#attempt(request);
      if (answer !== null && !passing.has(answer.status)) {
        this.#assertAnswered(request, answer);
        return answer;
      }
      if (attempt === attemptsMax) throw problem;
      const waitMs = waitOf(answer, attempt);
      this.#options.onWait(problem.message, waitMs);
      await this.#sleep(waitMs);
    }
  }

  async #attempt(request: ClientRequest): Promise<{ readonly answer: Answer | null; readonly problem: DebugError }> {
    try {
      const response = await this.#send(request, this.#timeout());
      const answer = { status: response.status, headers: response.headers, text: await response.text() };
      const fault = faultOf(answer);
      const said = fault === null ? "" : `: ${formatFault(fault)}`;
      return { answer, problem: new DebugError("serverError", `SigNoz answers ${answer.status}${said}`) };
    } catch (error) {
      return { answer: null, problem: unreachable(this.base, error) };
    }
  }

  #send({ method, path, query, body }: ClientRequest, signal: AbortSignal): Promise<Response> {
    const url = new URL(path, this.#options.url);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    return this.#fetch(url, {
      method,
      signal,
      redirect: "manual",
      headers: {
        "SIGNOZ-API-KEY": this.#options.apiKey,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  #timeout(): AbortSignal {
    return AbortSignal.timeout(this.#options.timeoutMs);
  }

  /** Lets through what may hold an answer, and throws what else it is. */
  #assertAnswered(request: ClientRequest, answer: Answer): void {
    const { status, headers, text } = answer;
    if (status === 401 || status === 403) {
      const why = faultOf(answer)?.message ?? "";
      throw new DebugError(
        "unauthorised",
        `SigNoz does not accept the key for ${nameOf(request)}: ${status}${why === "" ? "" : ` (${why})`}`,
        status === 401 ? "is SIGNOZ_API_KEY right, and not expired?" : "the key needs the role Viewer",
      );
    }
    if (status >= 300 && status < 400) {
      const target = URL.parse(headers.get("location") ?? "", this.base)?.origin ?? "elsewhere";
      throw new DebugError("unreachable", `${this.base} redirects to ${target}`, "set SIGNOZ_URL to where SigNoz is");
    }
    if (/^\s*<(?:!doctype|html)/i.test(text)) throw new RouteMissingError(nameOf(request), true);
    if (status < 400) return;
    const fault = faultOf(answer);
    if (fault === null && (status === 404 || status === 405)) throw new RouteMissingError(nameOf(request), false);
    if (fault === null || status >= 500) {
      const said = fault === null ? "" : `: ${formatFault(fault)}`;
      throw new DebugError("serverError", `${nameOf(request)}: SigNoz answers ${status}${said}`);
    }
    throw status === 404 ? new DebugError("nothing", formatFault(fault)) : toRefusal(fault);
  }
}

function faultOf({ text }: Answer): Fault | null {
  try {
    return findFault(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function parseBody(request: ClientRequest, text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const size = `${text.length} characters`;
    throw new DebugError("serverError", `${nameOf(request)}: the answer is no JSON, or was cut off (${size})`);
  }
}

function unreachable(base: string, error: unknown): DebugError {
  const why = error instanceof Error ? error.message : String(error);
  const reason = error instanceof Error && error.name === "TimeoutError" ? "no answer in time" : why;
  return new DebugError("unreachable", `cannot reach ${base}: ${reason}`, "is SIGNOZ_URL right, and SigNoz running?");
}

/** As the server asks; otherwise twice as long each time, from a quarter of a second. */
function waitOf(answer: Answer | null, attempt: number): number {
  const asked = answer === null ? null : (faultOf(answer)?.retryDelayMs ?? retryAfterMs(answer.headers));
  return Math.min(asked ?? 250 * 2 ** (attempt - 1), waitMsMax);
}

function retryAfterMs(headers: Headers): number | null {
  const seconds = headers.get("retry-after") ?? "";
  return /^[0-9]{1,6}$/.test(seconds) ? Number(seconds) * 1_000 : null;
}

const nameOf = ({ method, path }: ClientRequest): string => `${method} /${path}`;
