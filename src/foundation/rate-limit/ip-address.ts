/** An IP address as eight groups of 16 bits; of IPv4, as IPv4-mapped IPv6 (`::ffff:192.0.2.1`). */
export type IpAddress = readonly number[];

/** The address that a text is, without a port; null where it is none. A zone (`%eth0`) is left out. */
export function parseIpAddress(text: string): IpAddress | null {
  if (isIpv4(text)) return [0, 0, 0, 0, 0, 0xffff, ...ipv4Groups(text)];
  return parseIpv6(text.replace(/%.*$/, ""));
}

/** The address of a node that may have a port: `192.0.2.1:80`, `[2001:db8::1]:80`. */
export function parseNode(text: string): IpAddress | null {
  const trimmed = text.trim();
  const bracketed = /^\[([^\]]*)\](?::[0-9]{1,5})?$/.exec(trimmed)?.[1];
  return parseIpAddress(bracketed ?? /^([0-9.]+):[0-9]{1,5}$/.exec(trimmed)?.[1] ?? trimmed);
}

/** Who an address is counted as: an IPv4 address as it stands, an IPv6 address by its /64, which a customer has at least. */
export function addressKeyOf(groups: IpAddress): string {
  if (isMapped(groups)) {
    const [high = 0, low = 0] = groups.slice(6);
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const [a = 0, b = 0, c = 0, d = 0] = groups;
  return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}:${d.toString(16)}::/64`;
}

/** The key of a text, or null where it is no IP address. */
export function addressKey(text: string): string | null {
  if (isIpv4(text)) return text;
  const groups = parseNode(text);
  return groups === null ? null : addressKeyOf(groups);
}

const dot = 46;
const zero = 48;

/** Four numbers from 0 to 255 without leading zeros. It is asked for every request. */
function isIpv4(text: string): boolean {
  if (text.length < 7 || text.length > 15) return false;
  let parts = 1;
  let digits = 0;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      if (digits === 0) return false;
      parts++;
      digits = 0;
      value = 0;
      continue;
    }
    const digit = code - zero;
    if (digit < 0 || digit > 9 || (digits > 0 && value === 0)) return false;
    digits++;
    value = value * 10 + digit;
    if (value > 255) return false;
  }
  return parts === 4 && digits > 0;
}

function ipv4Groups(text: string): readonly [number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split(".").map(Number);
  return [a * 256 + b, c * 256 + d];
}

function isMapped(groups: IpAddress): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

function parseIpv6(text: string): IpAddress | null {
  const halves = unmapIpv4Tail(text)?.split("::") ?? [];
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  if (head === undefined || halves.length > 2) return null;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...new Array<string>(tail === undefined ? 0 : missing).fill("0"), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.map((group) => Number.parseInt(group, 16));
}

/** Rewrites a dotted tail (`::ffff:192.0.2.1`) as two groups. */
function unmapIpv4Tail(text: string): string | null {
  const tail = /:([0-9.]*\.[0-9.]*)$/.exec(text)?.[1];
  if (tail === undefined) return text;
  if (!isIpv4(tail)) return null;
  const [high, low] = ipv4Groups(tail);
  return `${text.slice(0, -tail.length)}${high.toString(16)}:${low.toString(16)}`;
}
