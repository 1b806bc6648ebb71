const poolBytes = 4_096;
const digitsOf = new TextEncoder().encode("0123456789abcdef");
const decoder = new TextDecoder();
const zeros = "0".repeat(32);

let pool = "";
let used = 0;

/**
 * Random bytes as lower-case hexadecimal digits, never all zero. They are drawn from the runtime's secure generator a few
 * thousand at a time, as a call of it costs more than all the rest.
 */
export function randomHex(bytes: 8 | 16): string {
  const length = bytes * 2;
  if (used + length > pool.length) {
    pool = drawDigits();
    used = 0;
  }
  const digits = pool.slice(used, used + length);
  used += length;
  return zeros.startsWith(digits) ? randomHex(bytes) : digits;
}

function drawDigits(): string {
  const random = crypto.getRandomValues(new Uint8Array(poolBytes));
  const digits = new Uint8Array(poolBytes * 2);
  for (let index = 0; index < poolBytes; index += 1) {
    const byte = random[index] ?? 0;
    digits[index * 2] = digitsOf[byte >> 4] ?? 0;
    digits[index * 2 + 1] = digitsOf[byte & 15] ?? 0;
  }
  return decoder.decode(digits);
}
