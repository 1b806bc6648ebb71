const lower = 1;
const upper = 2;
const digit = 4;
const assigns = 8;
const space = 16;
const other = 32;

/** What each ASCII character is. */
const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[a-z]/.test(char)) return lower;
  if (/[A-Z]/.test(char)) return upper;
  if (/[0-9]/.test(char)) return digit;
  if (/[:=]/.test(char)) return assigns;
  return char === " " || char === "\t" ? space : other;
});

/** The shortest texts that may hold a secret: `pin=1`, a card number, `Bearer 12345678`. */
const assignedLengthMin = 5;
const formLengthMin = 12;
const cardDigitsMin = 13;
const opaqueLengthMin = 40;
/** Longer texts are scanned without being looked at twice. */
const looked = 256;

const credentials = /\b(?:bearer|basic)[ \t]/i;
const byForm = /eyJ|-----BEGIN |[A-Z]{2}\d{2} ?[A-Z0-9]{4}/;
const prefixed = /(?:^|[^A-Za-z0-9_-])(?:[spr]k[-_]|gh[opsur]_|github_pat_|glpat-|npm_|xox[a-z]-|whsec_|A[KS]IA|AIza)/;
const cardLike = /(?:^|[^\w-])[2-6]\d{3}[\d -]/;

/**
 * Whether a text may hold a secret: false for nearly everything that is short and clean (methods, paths, ids, words), for
 * the cost of reading it once. Never false where a scan would find something.
 */
export function mayHoldSecret(text: string): boolean {
  const { length } = text;
  if (length < assignedLengthMin) return false;
  if (length > looked) return true;
  let seen = 0;
  let digits = 0;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    const kind = code < 128 ? (classes[code] as number) : other;
    seen |= kind;
    if (kind === digit) digits += 1;
  }
  if ((seen & assigns) !== 0) return true;
  if (length < formLengthMin) return false;
  if ((seen & upper) !== 0 && (byForm.test(text) || length >= opaqueLengthMin)) return true;
  if (digits >= cardDigitsMin && cardLike.test(text)) return true;
  if ((seen & space) !== 0 && credentials.test(text)) return true;
  return length >= 20 && prefixed.test(text);
}
