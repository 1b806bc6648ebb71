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

/** Deeper than anything that was made plain; what is below is not passed on. */
const depthMax = 16;

/** Makes the redactor that log lines and spans share. */
export function createRedactor(): Redactor {
  const text = (value: string): string => (mayHoldSecret(value) ? scanText(value) : value);
  const field = (key: string, value: unknown, depth = 0): unknown => {
    if (findSecretKind(key) !== null) return isHarmless(key, value) ? value : redacted;
    return inner(value, depth);
  };
  const inner = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return text(value);
    if (typeof value === "number")
      return mayHoldSecret(String(value)) && text(String(value)) === redacted ? redacted : value;
    if (typeof value !== "object" || value === null) return value;
    if (depth >= depthMax) return redacted;
    if (Array.isArray(value)) return value.map((item) => inner(item, depth + 1));
    const made: Record<string, unknown> = Object.create(null);
    for (const [name, each] of Object.entries(value)) made[text(name)] = field(name, each, depth + 1);
    return made;
  };
  return { text, field: (key, value) => field(key, value), isSecretKey: (key) => findSecretKind(key) !== null };
}

/** Whether there is one says nothing of it, and `max_tokens` is a number. */
function isHarmless(key: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === "boolean") return true;
  return typeof value === "number" && /tokens$/i.test(key);
}
