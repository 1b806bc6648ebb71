import type { ExportHealth } from "./export-health.ts";
import type { OtlpSender } from "./otlp-sender.ts";
import type { Signal } from "./signals.ts";

/** Where batches of one signal go. */
export interface BatchExporter<T> {
  /** Resolves when the batch has arrived or is given up. Never rejects. */
  export(items: T): Promise<void>;
  /** Gives up what is waiting to be tried again. */
  close(): void;
}

/** The OTLP messages of one signal: one serialiser of the SDK. */
export interface OtlpCodec<T> {
  serializeRequest(items: T): Uint8Array | undefined;
  deserializeResponse(body: Uint8Array): { readonly partialSuccess?: PartialSuccess };
}

/** What of a batch the receiver did not take. */
interface PartialSuccess {
  readonly rejectedSpans?: number;
  readonly rejectedLogRecords?: number;
  readonly rejectedDataPoints?: number;
}

export interface OtlpExporterOptions<T> {
  readonly signal: Signal;
  readonly codec: OtlpCodec<T>;
  readonly sender: OtlpSender;
  readonly health: ExportHealth;
  /** How many spans, records or points a batch holds. */
  readonly countOf: (items: T) => number;
}

/** Exports to an OTLP receiver, and tells `health` what arrives and what does not. */
export function createOtlpExporter<T>(options: OtlpExporterOptions<T>): BatchExporter<T> {
  const { signal, codec, sender, health, countOf } = options;

  async function exportBatch(items: T): Promise<void> {
    const outcome = await sender.send(codec.serializeRequest(items) ?? new Uint8Array());
    if (!outcome.delivered) return health.lose(signal, countOf(items), outcome.reason);
    const refused = refusedOf(codec.deserializeResponse(outcome.body).partialSuccess ?? {});
    if (refused > 0) return health.lose(signal, refused, "the receiver refused a part");
    health.deliver(signal);
  }

  return {
    // What cannot be written or read as OTLP is lost like what the receiver does not take.
    export: (items) => exportBatch(items).catch((error: unknown) => health.lose(signal, countOf(items), String(error))),
    close: sender.close,
  };
}

function refusedOf({ rejectedSpans, rejectedLogRecords, rejectedDataPoints }: PartialSuccess): number {
  return Number(rejectedSpans ?? rejectedLogRecords ?? rejectedDataPoints ?? 0);
}
