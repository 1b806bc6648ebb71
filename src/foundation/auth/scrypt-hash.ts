import { fromBase64, toBase64 } from "./base64.ts";

/** What an scrypt derivation costs (RFC 7914): 128 · r · 2^logN bytes, worked through p times. */
export interface ScryptCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** A stored password hash, taken apart. */
export interface ScryptHash extends ScryptCost {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly key: Uint8Array<ArrayBuffer>;
}

const pattern =
  /^\$scrypt\$ln=([1-9][0-9]?),r=([1-9][0-9]?),p=([1-9][0-9]?)\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{22,86})$/;

/** Whatever stands in storage, checking it takes at most this: 256 MiB. */
const memoryBytesMax = 256 * 1024 * 1024;

/** `$scrypt$ln=15,r=8,p=3$salt$key`, base64 without padding. @see https://github.com/P-H-C/phc-string-format */
export function formatScryptHash({ logN, r, p, salt, key }: ScryptHash): string {
  return `$scrypt$ln=${logN},r=${r},p=${p}$${toBase64(salt)}$${toBase64(key)}`;
}

/** @throws a plain `Error`, without the text, when it is no such hash or its cost is beyond all reason. */
export function parseScryptHash(text: string): ScryptHash {
  const [, ln, r, p, salt, key] = pattern.exec(text) ?? [];
  if (salt === undefined || key === undefined) throw new Error("a stored password hash is not in the expected format");
  const cost = { logN: Number(ln), r: Number(r), p: Number(p) };
  if (scryptMemoryBytes(cost) > memoryBytesMax) throw new Error("a stored password hash asks for too much memory");
  return { ...cost, salt: fromBase64(salt), key: fromBase64(key) };
}

/** What one derivation holds in memory, in bytes. */
export function scryptMemoryBytes({ logN, r, p }: ScryptCost): number {
  return 128 * r * (2 ** logN + p);
}
