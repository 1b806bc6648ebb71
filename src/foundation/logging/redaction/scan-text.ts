import { findSecretKind } from "./secret-keys.ts";
import { findCardEnd, findIbanEnd } from "./secret-numbers.ts";
import { findAssigned, type Span } from "./secret-values.ts";

/** What stands where a secret was. */
export const redacted = "[redacted]";

const privateKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g;
const piece = /(:\/\/)(?:(?!\[redacted\])[^\s/?#"'`<>\\])+@|[A-Za-z0-9_-]+/g;
const credentials = /[ \t]+([A-Za-z0-9._~+/-]{8,}=*)/y;
const tokenPrefix = /^(?:[spr]k[-_]|gh[opsur]_|github_pat_|glpat-|npm_|xox[a-z]-|whsec_|A[KS]IA[A-Z0-9]|AIza)/;
const tokenPrefixLengthMin = 20;
const opaqueLengthMin = 40;
/** The length of 256 bits in base64url. */
const opaqueLength = 43;
const jwtLengthMin = 12;
const jwtRest = /(?:\.[A-Za-z0-9_-]*)*/y;

/**
 * Replaces the secrets of a text, in one pass from left to right, piece by piece: where a piece was found secret, the
 * scan goes on behind it. Doing it again changes nothing, as the marker is found as the very value it stands for, or
 * as no secret at all.
 */
export function scanText(given: string): string {
  const text = given.includes("-----BEGIN ") ? given.replace(privateKey, redacted) : given;
  let made = "";
  let copied = 0;
  piece.lastIndex = 0;
  for (let found = piece.exec(text); found !== null; found = piece.exec(text)) {
    const end = piece.lastIndex;
    const span = found[1] === undefined ? findSecret(text, found.index, end) : { start: found.index + 3, end: end - 1 };
    if (span === null) continue;
    made += text.slice(copied, span.start) + redacted;
    copied = span.end;
    piece.lastIndex = span.end;
  }
  return copied === 0 ? text : made + text.slice(copied);
}

/** The secret that a run of letters, digits, `_` and `-` is, or announces. */
function findSecret(text: string, start: number, end: number): Span | null {
  const run = text.slice(start, end);
  return findNamed(text, run, end) ?? findByForm(text, run, start);
}

const mayAssign = /[:="'`\\ \t]/;

function findNamed(text: string, run: string, end: number): Span | null {
  if (!mayAssign.test(text.charAt(end))) return null;
  const kind = findSecretKind(run);
  const assigned = kind === null ? null : findAssigned(text, end, kind);
  return assigned ?? (run.length <= 6 ? findCredentials(text, run.toLowerCase(), end) : null);
}

/** @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
function findCredentials(text: string, scheme: string, end: number): Span | null {
  if (scheme !== "bearer" && scheme !== "basic") return null;
  credentials.lastIndex = end;
  const value = credentials.exec(text)?.[1];
  if (value === undefined || (scheme === "basic" && !isUserAndPassword(value))) return null;
  return { start: credentials.lastIndex - value.length, end: credentials.lastIndex };
}

function isUserAndPassword(value: string): boolean {
  try {
    return atob(value).includes(":");
  } catch {
    return false;
  }
}

function findByForm(text: string, run: string, start: number): Span | null {
  const end = start + run.length;
  if (run.startsWith("eyJ") && run.length >= jwtLengthMin) {
    jwtRest.lastIndex = end;
    jwtRest.test(text);
    return { start, end: jwtRest.lastIndex };
  }
  if (isToken(run)) return { start, end };
  const first = run.charCodeAt(0);
  const numberEnd =
    first >= 50 && first <= 54
      ? findCardEnd(text, start)
      : first >= 65 && first <= 90
        ? findIbanEnd(text, start)
        : null;
  return numberEnd === null ? null : { start, end: numberEnd };
}

/** By the prefix of a well-known issuer, or as what only chance writes: long, in both cases, and not letters alone. */
function isToken(run: string): boolean {
  if (run.length < tokenPrefixLengthMin) return false;
  if (tokenPrefix.test(run)) return true;
  if (run.length < opaqueLengthMin || !/[a-z]/.test(run) || !/[A-Z]/.test(run)) return false;
  return run.length === opaqueLength || /[0-9]/.test(run);
}
