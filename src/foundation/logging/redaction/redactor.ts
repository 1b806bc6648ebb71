import { mayHoldSecret } from "./precheck.ts";
import { redacted, scanText } from "./scan-text.ts";
import { findSecretKind } from "./secret-keys.ts";

/** Takes secrets out of what is logged or put on a span. Pure, and idempotent: doing it again changes nothing. */
export interface Redactor {
  /**
   * A text without the secrets that can be told by their form (JWTs, API keys, private keys, card numbers, IBANs, user
   * and password of a URL, `Bearer …`) or by the name before them (`password=…`, `"token":"…"`, `Cookie: …`).
   */
  text(value: string): string;
  /** A plain value under its name, down to its texts: `[redacted]` as a whole where the name is a secret's. */
  field(key: string, value: unknown): unknown;
  /** Whether the value under a name is secret whatever it looks like: `Authorization`, `access_token`, `cardNumber`. */
  isSecretKey(key: string): boolean;
}

/** The least number of 13 digits that a card may have. */
const cardNumberMin = 2e12;
/** Deeper than anything that was made plain; what is below is not passed on. */
const depthMax = 16;

/** Makes the redactor that log lines and spans share. */
export function createRedactor(): Redactor {
  return { text: redactText, field: redactField, isSecretKey: (key) => findSecretKind(key) !== null };
}

function redactText(text: string): string {
  return mayHoldSecret(text) ? scanText(text) : text;
}

function redactField(key: string, value: unknown): unknown {
  if (findSecretKind(key) !== null) return isHarmless(key, value) ? value : redacted;
  return redactValue(value, 0);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "number") return value < cardNumberMin ? value : redactNumber(value);
  return typeof value === "object" && value !== null ? redactObject(value, depth) : value;
}

function redactNumber(value: number): unknown {
  return redactText(String(value)) === redacted ? redacted : value;
}

function redactObject(value: object, depth: number): unknown {
  if (depth >= depthMax) return redacted;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  const made: Record<string, unknown> = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    const secret = findSecretKind(key) !== null && !isHarmless(key, inner);
    made[redactText(key)] = secret ? redacted : redactValue(inner, depth + 1);
  }
  return made;
}

/** Whether there is one says nothing of it, and `max_tokens` is a number. */
function isHarmless(key: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === "boolean") return true;
  return typeof value === "number" && /tokens$/i.test(key);
}
