/**
 * How far a secret reaches in text behind its name: a `word`, a `phrase` of words (passwords may have spaces), or the
 * whole `line` (headers).
 */
export type SecretKind = "word" | "phrase" | "line";

const lines = /authorization|cookie/;
const phrases = /passw|passphrase|passcode|secret|(?:^|user|db|pg|my)pass$|pwd$/;
const words =
  /tokens?$|jwt$|(?:api|access|private|signing|encryption|ingestion|master|account)keys?$|credentials?$|^auth$|bearer$|signature$|^sig$|sessionid$|^sid$|^pin$|pincode$|^otp$|^cv[cv]2?$|cardno|cardnumber|^pan$|iban$|ac(?:coun)?tn(?:o|um|umber)$|routingnumber$|sortcode$|^ssn$|taxid$/;

const knownMax = 2_000;
const nameLengthMax = 128;
const known = new Map<string, SecretKind | null>();

/** What a name says of its value: null where it may be read. Case and separators do not matter. */
export function findSecretKind(name: string): SecretKind | null {
  const found = known.get(name);
  if (found !== undefined) return found;
  const kind = judge(name);
  if (known.size >= knownMax) known.clear();
  if (name.length <= nameLengthMax) known.set(name, kind);
  return kind;
}

function judge(name: string): SecretKind | null {
  const plain = name
    .slice(-nameLengthMax)
    .replace(/[^A-Za-z0-9]/g, "")
    .toLowerCase();
  if (lines.test(plain)) return "line";
  if (phrases.test(plain)) return "phrase";
  return words.test(plain) ? "word" : null;
}
