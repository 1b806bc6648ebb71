import type { Context } from "hono";
import { originalRequest } from "../http/transport-limits.ts";
import { type ForwardedHeader, nodesFromNearest } from "./forwarded.ts";
import { addressKey, addressKeyOf, parseIpAddress, parseNode } from "./ip-address.ts";
import { isIn, type Network } from "./networks.ts";

export interface ClientAddressOptions {
  /** Where the proxies are whose word is taken for who they speak for; none: the header is ignored, as anyone can write it. */
  readonly trustedProxies: readonly Network[];
  /** Where they say it. */
  readonly trustedHeader: ForwardedHeader;
  /** The address of the connection's other end; it is asked with the request as the runtime gave it. */
  readonly socketAddress: (request: Request) => string | null;
}

/** What is counted where no address is known: all of it together. */
export const unknownAddress = "unknown";

const variable = "clientAddress";

/**
 * Makes a function that tells who a request is from, for counting: an IPv4 address, the /64 of an IPv6 address, or
 * `unknown`. From the socket on it goes back through proxies that are trusted, to the first address that is none, or that
 * cannot be read: then the proxy that wrote it is as far as anything is known. It never throws, and is worked out once a
 * request.
 */
export function createClientAddress(options: ClientAddressOptions): (c: Context) => string {
  return (c) => {
    const known = c.get(variable) as string | undefined;
    if (known !== undefined) return known;
    const address = findAddress(c, options) ?? unknownAddress;
    c.set(variable, address);
    return address;
  };
}

function findAddress(c: Context, options: ClientAddressOptions): string | null {
  const { trustedProxies, trustedHeader, socketAddress } = options;
  const socket = socketAddress(originalRequest(c));
  if (socket === null || trustedProxies.length === 0) return socket === null ? null : addressKey(socket);
  let address = parseIpAddress(socket);
  if (address === null || !isIn(trustedProxies, address)) return address && addressKeyOf(address);
  for (const node of nodesFromNearest(c.req.header(trustedHeader) ?? "", trustedHeader)) {
    const nearer = parseNode(node);
    if (nearer === null) break;
    address = nearer;
    if (!isIn(trustedProxies, nearer)) break;
  }
  return addressKeyOf(address);
}
