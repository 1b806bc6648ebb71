import { startTimer } from "./timer.ts";

export interface OtlpSenderOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For one batch, every attempt and the waits between them together. */
  readonly timeoutMs: number;
  readonly compression: "gzip" | "none";
  /** As it was before anybody traced it: what exports must not be exported. */
  readonly fetch: typeof fetch;
}

/** The receiver's answer, or why there was none. */
export type SendOutcome =
  | { readonly delivered: true; readonly body: Uint8Array }
  | { readonly delivered: false; readonly reason: string };

type Attempt =
  | SendOutcome
  | { readonly delivered: false; readonly reason: string; readonly retryAfterMs: number | null };

const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const backoffMs = { least: 100, first: 1_000, most: 5_000, factor: 1.5 };
/** An answer to an export is a few bytes; anything longer is none, and is not read. */
const answerBytesMax = 4_096;

/**
 * Sends one batch by OTLP over HTTP, in protobuf. Tries again, with growing waits or after as long as the receiver asks for, where the
 * connection failed or the answer is 429, 502, 503 or 504, until `timeoutMs` are over. Never rejects.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function createOtlpSender(options: OtlpSenderOptions) {
  const { url, compression, timeoutMs, fetch: post } = options;
  const headers: Record<string, string> = { ...options.headers, "Content-Type": "application/x-protobuf" };
  if (compression === "gzip") headers["Content-Encoding"] = "gzip";
  const closing = new AbortController();

  async function send(batch: Uint8Array): Promise<SendOutcome> {
    const deadline = performance.now() + timeoutMs;
    let waitMs = backoffMs.first;
    const body = compression === "gzip" ? await gzip(batch) : batch;
    for (;;) {
      const attempt = await tryOnce(body, deadline - performance.now());
      if (!("retryAfterMs" in attempt)) return attempt;
      const pauseMs = Math.max(backoffMs.least, attempt.retryAfterMs ?? waitMs * (0.8 + 0.4 * Math.random()));
      waitMs = Math.min(waitMs * backoffMs.factor, backoffMs.most);
      if (closing.signal.aborted || performance.now() + pauseMs >= deadline) {
        return { delivered: false, reason: attempt.reason };
      }
      await pause(pauseMs, closing.signal);
    }
  }

  async function tryOnce(body: Uint8Array, remainingMs: number): Promise<Attempt> {
    const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(remainingMs)));
    try {
      const response = await post(url, {
        method: "POST",
        headers,
        body: body as Uint8Array<ArrayBuffer>,
        redirect: "manual",
        signal: timeout,
      });
      return await judge(response);
    } catch (error) {
      if (timeout.aborted) return { delivered: false, reason: `no answer within ${timeoutMs} ms` };
      return { delivered: false, reason: `no connection: ${messageOf(error)}`, retryAfterMs: null };
    }
  }

  return {
    send,
    /** What is under way is not tried again. */
    close: () => closing.abort(),
  };
}

export type OtlpSender = ReturnType<typeof createOtlpSender>;

async function judge(response: Response): Promise<Attempt> {
  const reason = `the receiver answered ${response.status}`;
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  if (!response.ok) {
    await response.body?.cancel();
    if (!retryableStatuses.has(response.status)) return { delivered: false, reason };
    return { delivered: false, reason, retryAfterMs: retryAfterMsOf(response) };
  }
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("protobuf") && length <= answerBytesMax) {
    return { delivered: true, body: new Uint8Array(await response.arrayBuffer()) };
  }
  await response.body?.cancel();
  if (type.startsWith("text/html"))
    return { delivered: false, reason: "a web page answered: that is no OTLP receiver" };
  return { delivered: true, body: new Uint8Array() };
}

/** Retry-After in seconds; a date is left to the usual wait. */
function retryAfterMsOf(response: Response): number | null {
  const text = response.headers.get("retry-after") ?? "";
  return /^[0-9]{1,6}$/.test(text) ? Number(text) * 1_000 : null;
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = startTimer(end, durationMs);
    signal.addEventListener("abort", end);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
