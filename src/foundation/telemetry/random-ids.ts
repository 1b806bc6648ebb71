const poolBytes = 4_096;
const hexOf: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

let pool: Uint8Array<ArrayBuffer> | null = null;
let used = poolBytes;

/**
 * Random bytes as lower-case hexadecimal digits, never all zero. They are drawn from the runtime's secure generator a
 * few thousand at a time: a call of it costs more than making the digits.
 */
export function randomHex(bytes: 8 | 16): string {
  if (pool === null || used + bytes > poolBytes) {
    pool = crypto.getRandomValues(pool ?? new Uint8Array(poolBytes));
    used = 0;
  }
  let digits = "";
  for (const end = used + bytes; used < end; used += 1) digits += hexOf[pool[used] ?? 0];
  return /[^0]/.test(digits) ? digits : randomHex(bytes);
}
