import type { Context } from "hono";
import { originalRequest } from "../http/transport-limits.ts";

export interface ClientAddressOptions {
  /**
   * How many proxies of ours stand in front and append to `X-Forwarded-For`. With 0 the header is ignored, as anyone
   * could write it; with n the n-th address from its right is the client's, written by our outermost proxy.
   */
  readonly trustedProxyHops: number;
  /** The address of the connection's other end; it is asked with the request as the runtime gave it. */
  readonly socketAddress: (request: Request) => string | null;
}

/**
 * Who a request is from, for counting: an IPv4 address, the /64 network of an IPv6 address (one customer commonly has
 * at least that), or `unknown` where no address is known. Never throws.
 */
export function clientAddress(c: Context, options: ClientAddressOptions): string {
  const forwarded = forwardedAddress(c.req.header("x-forwarded-for") ?? "", options.trustedProxyHops);
  return addressKey(forwarded ?? "") ?? addressKey(options.socketAddress(originalRequest(c)) ?? "") ?? "unknown";
}

/** The key that an address is counted under, or null where the text is no IP address. A port is left out. */
export function addressKey(text: string): string | null {
  const address = withoutPort(text.trim());
  if (isIpv4(address)) return address;
  const groups = parseIpv6(address.replace(/%.*$/, ""));
  if (groups === null) return null;
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return ipv4Of(groups);
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

function forwardedAddress(header: string, hops: number): string | null {
  return hops > 0 ? (header.split(",").at(-hops) ?? null) : null;
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::[0-9]{1,5})?$/.exec(text)?.[1];
  return bracketed ?? /^([0-9.]+):[0-9]{1,5}$/.exec(text)?.[1] ?? text;
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

/** Eight 16-bit groups, or null. */
function parseIpv6(text: string): number[] | null {
  const halves = unmapIpv4Tail(text)?.split("::") ?? [];
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  if (head === undefined || halves.length > 2) return null;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...new Array<string>(tail === undefined ? 0 : missing).fill("0"), ...(tail ?? [])];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : null;
}

/** Rewrites a dotted tail (`::ffff:192.0.2.1`) as two groups. */
function unmapIpv4Tail(text: string): string | null {
  const tail = /:([0-9.]*\.[0-9.]*)$/.exec(text)?.[1];
  if (tail === undefined) return text;
  if (!isIpv4(tail)) return null;
  const [a = 0, b = 0, c = 0, d = 0] = tail.split(".").map(Number);
  return `${text.slice(0, -tail.length)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function ipv4Of(groups: readonly number[]): string {
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
