import { scrypt, timingSafeEqual } from "node:crypto";
import { createGate, type GateOptions } from "./gate.ts";
import {
  formatScryptHash,
  parseScryptHash,
  type ScryptCost,
  type ScryptHash,
  scryptMemoryBytes,
} from "./scrypt-hash.ts";

export const passwordLengthMin = 12;
export const passwordLengthMax = 256;
const passwordBytesMax = 1024;

/** OWASP's 32 MiB setting. @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
export const scryptCostDefault: ScryptCost = { logN: 15, r: 8, p: 3 };

const saltBytes = 16;
const keyBytes = 32;

/** One scrypt derivation. */
export type DeriveKey = (
  password: Uint8Array,
  salt: Uint8Array,
  keyLength: number,
  cost: ScryptCost,
) => Promise<Uint8Array>;

export interface PasswordHasherOptions extends Partial<GateOptions> {
  readonly cost?: ScryptCost;
  readonly derive?: DeriveKey;
}

export interface PasswordVerdict {
  readonly matches: boolean;
  /** The password matches a hash that is cheaper than what is asked for now: hash it anew and store that. */
  readonly rehashNeeded: boolean;
}

export interface PasswordHasher {
  /**
   * A salted hash of a password, to be stored as it is.
   * @throws {@link GateFullError} when too many wait; a `RangeError` when {@link findPasswordFault} finds a fault.
   */
  hash(password: string): Promise<string>;
  /**
   * Whether this is the password that was hashed. One derivation whatever the answer; for null (nobody has that
   * name) as well, at the current cost, so that the time does not tell known names from unknown ones.
   * @throws {@link GateFullError} when too many wait; a plain `Error` when `stored` is no hash of this format.
   */
  verify(password: string, stored: string | null): Promise<PasswordVerdict>;
}

/**
 * What keeps a text from being a password, or null: 12 to 256 characters (code points, in Unicode's form NFC, in
 * which passwords are hashed), at most 1,024 bytes. Any character is welcome.
 */
export function findPasswordFault(password: string): string | null {
  const normalized = password.normalize("NFC");
  const length = Array.from(normalized).length;
  if (length < passwordLengthMin) return `must have at least ${passwordLengthMin} characters`;
  if (length > passwordLengthMax || encode(normalized).length > passwordBytesMax) {
    return `must have at most ${passwordLengthMax} characters`;
  }
  return null;
}

/**
 * Makes a hasher by scrypt (RFC 7914), which Bun, Node and workerd all offer. At the default cost a derivation holds
 * 32 MiB: by default 4 run at once and 256 wait.
 */
export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const cost = options.cost ?? scryptCostDefault;
  const derive = options.derive ?? deriveByScrypt;
  const gate = createGate({ concurrency: options.concurrency ?? 4, waitingMax: options.waitingMax ?? 256 });
  let dummy: ScryptHash | null = null;

  const deriveKey = (password: string, { salt, key, ...stored }: ScryptHash) =>
    gate(() => derive(encode(password.normalize("NFC")), salt, key.length, stored));

  return {
    async hash(password) {
      const fault = findPasswordFault(password);
      if (fault !== null) throw new RangeError(`a password ${fault}`);
      const made = { ...cost, salt: randomBytes(saltBytes), key: new Uint8Array(keyBytes) };
      return formatScryptHash({ ...made, key: Uint8Array.from(await deriveKey(password, made)) });
    },

    async verify(password, stored) {
      dummy ??= { ...cost, salt: randomBytes(saltBytes), key: randomBytes(keyBytes) };
      const expected = stored === null ? dummy : parseScryptHash(stored);
      const equal = timingSafeEqual(await deriveKey(password, expected), expected.key);
      const matches = equal && stored !== null;
      return { matches, rehashNeeded: matches && isCheaper(expected, cost) };
    },
  };
}

function isCheaper(stored: ScryptHash, wanted: ScryptCost): boolean {
  return stored.logN < wanted.logN || stored.r < wanted.r || stored.p < wanted.p || stored.key.length < keyBytes;
}

const deriveByScrypt: DeriveKey = (password, salt, keyLength, cost) =>
  new Promise((resolve, reject) => {
    const parameters = { N: 2 ** cost.logN, r: cost.r, p: cost.p, maxmem: 2 * scryptMemoryBytes(cost) };
    scrypt(password, salt, keyLength, parameters, (error, key) => (error ? reject(error) : resolve(key)));
  });

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
