import { type IpAddress, parseIpAddress } from "./ip-address.ts";

/** A network: the addresses that begin with the same bits. */
export interface Network {
  readonly address: IpAddress;
  /** Of the address as IPv6: an IPv4 /8 has 104. */
  readonly bits: number;
}

/**
 * Networks in CIDR notation, separated by commas; a single address stands for itself. Null where one is malformed, or has bits
 * set behind its prefix, as that is a slip.
 */
export function parseNetworks(text: string): readonly Network[] | null {
  const networks = text.split(",").map((part) => parseNetwork(part.trim()));
  return networks.includes(null) ? null : networks.filter((network) => network !== null);
}

function parseNetwork(text: string): Network | null {
  const [host = "", prefix, ...rest] = text.split("/");
  const address = host.includes("%") ? null : parseIpAddress(host);
  if (address === null || rest.length > 0) return null;
  const width = host.includes(":") ? 128 : 32;
  if (prefix !== undefined && !/^(?:0|[1-9][0-9]{0,2})$/.test(prefix)) return null;
  const length = prefix === undefined ? width : Number(prefix);
  if (length > width) return null;
  const bits = 128 - width + length;
  return address.every((group, at) => (group & ~maskOf(bits, at) & 0xffff) === 0) ? { address, bits } : null;
}

/** Whether an address is in one of these networks. */
export function isIn(networks: readonly Network[], address: IpAddress): boolean {
  return networks.some(({ address: base, bits }) =>
    address.every((group, at) => (group & maskOf(bits, at)) === base[at]),
  );
}

/** The bits of a group that belong to a prefix of so many. */
function maskOf(bits: number, group: number): number {
  const own = Math.min(16, Math.max(0, bits - group * 16));
  return (0xffff << (16 - own)) & 0xffff;
}
