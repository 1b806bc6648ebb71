/** The shortest texts that may hold a secret: `pin=1`, a card number, `Bearer 12345678`. */
const assignedLengthMin = 4;
const formLengthMin = 12;
const opaqueLengthMin = 40;
/** Longer texts are scanned without being looked at twice. */
const lookedLengthMax = 256;

const uuid = /^[0-9a-f-]{36}$/;
const dash = 0x2d;

const marks = /[:=A-Z \t]/;
/** Behind a name, or before `//`; the colon of `/books/:book_id` is neither. */
const assigns = /[\w"'`\\ \t-][:=]|[:=]\/\//;
const credentials = /(?:bearer|basic)[ \t]/i;
const byForm = /eyJ|-----BEGIN |A[KS]IA|AIza|[A-Z]{2}\d{2} ?[A-Z0-9]{4}/;
const capital = /[A-Z]/;
const card = /[2-6]\d{3}[ -]?\d{4}/;
const prefixed = /[spr]k[-_]|gh[opsur]_|github_pat_|glpat-|npm_|xox[a-z]-|whsec_/;

/**
 * Whether a text may hold a secret: false for nearly everything that is short and clean (methods, paths, ids, words), for
 * the cost of reading it two or three times. Never false where a scan would find something.
 */
export function mayHoldSecret(text: string): boolean {
  const { length } = text;
  if (length < assignedLengthMin) return false;
  if (length > lookedLengthMax) return true;
  if (marks.test(text) && mayHoldMarked(text)) return true;
  if (length < formLengthMin || isUuid(text)) return false;
  return card.test(text) || prefixed.test(text);
}

/** No secret has the form of a UUID, and most of what is longer than a word is one. */
function isUuid(text: string): boolean {
  return text.length === 36 && text.charCodeAt(8) === dash && text.charCodeAt(13) === dash && uuid.test(text);
}

function mayHoldMarked(text: string): boolean {
  if (assigns.test(text) || byForm.test(text) || credentials.test(text)) return true;
  return text.length >= opaqueLengthMin && capital.test(text);
}
