import { z } from "zod";
import { DebugError } from "../outcome.ts";

/** The server has no such route: it is too old, or it is not SigNoz that answers. */
export class RouteMissingError extends DebugError {
  override readonly name = "RouteMissingError";
  readonly isWebPage: boolean;

  constructor(route: string, isWebPage: boolean) {
    super("unreachable", `${route} is answered with ${isWebPage ? "a web page" : "404"}`, "is SIGNOZ_URL right?");
    this.isWebPage = isWebPage;
  }
}

/** SigNoz read the request and refuses it. */
export class RefusedError extends DebugError {
  override readonly name = "RefusedError";
}

/** A field that no data has arrived with yet, so that SigNoz does not know it. */
export class UnknownFieldError extends DebugError {
  override readonly name = "UnknownFieldError";
}

/** What SigNoz says of a failure, in either of its two envelopes. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  /** Further messages. */
  readonly details: readonly string[];
  readonly suggestions: readonly string[];
  /** How long the server asks to wait, or null. */
  readonly retryDelayMs: number | null;
}

const strings = z.array(z.string()).nullish().catch(null);

const envelope = z.object({
  error: z.object({
    code: z.string().nullish().catch(null),
    type: z.string().nullish().catch(null),
    message: z.string(),
    errors: z
      .array(z.object({ message: z.string(), suggestions: strings }))
      .nullish()
      .catch(null),
    suggestions: strings,
    retry: z.object({ delay: z.number().nonnegative() }).nullish().catch(null),
  }),
});

const olderEnvelope = z.object({ errorType: z.string().nullish().catch(null), error: z.string() });

/** Null where the body is neither envelope. */
export function findFault(body: unknown): Fault | null {
  const parsed = envelope.safeParse(body);
  if (parsed.success) {
    const { code, type, message, errors, suggestions, retry } = parsed.data.error;
    return {
      code: code ?? type ?? "",
      message,
      details: (errors ?? []).map((each) => each.message),
      suggestions: [...(suggestions ?? []), ...(errors ?? []).flatMap((each) => each.suggestions ?? [])],
      retryDelayMs: retry ? retry.delay / 1_000_000 : null,
    };
  }
  const older = olderEnvelope.safeParse(body);
  if (!older.success) return null;
  return {
    code: older.data.errorType ?? "",
    message: older.data.error,
    details: [],
    suggestions: [],
    retryDelayMs: null,
  };
}

export function formatFault({ message, details }: Fault): string {
  return [message, ...details].filter((text) => text !== "").join("; ");
}

/** What is to be thrown where SigNoz refuses a request. */
export function toRefusal(fault: Fault): DebugError {
  const unknown = [fault.message, ...fault.details]
    .map((text) => /(?:key|field)[: ]+[`'"]?([^`'"\s]+)[`'"]? (?:is )?not found/i.exec(text)?.[1])
    .find((name) => name !== undefined);
  const instead = fault.suggestions.length > 0 ? `did you mean ${fault.suggestions.slice(0, 5).join(", ")}?` : null;
  if (unknown === undefined)
    return new RefusedError("usage", `SigNoz refuses the query: ${formatFault(fault)}`, instead);
  return new UnknownFieldError(
    "nothing",
    `SigNoz does not know the field ${unknown}: no data has arrived with that field yet`,
    instead ?? `fields ${unknown} looks for similar ones`,
  );
}
