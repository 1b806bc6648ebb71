import { expect, test } from "bun:test";
import fc from "fast-check";
import { Hono } from "hono";
import { thrownGuard } from "../../../src/foundation/http/thrown-guard.ts";
import { transportLimits } from "../../../src/foundation/http/transport-limits.ts";
import {
  addressKey,
  createClientAddress,
  type ForwardedHeader,
  parseNetworks,
} from "../../../src/foundation/rate-limit/index.ts";

const socket = "10.0.0.1";
const proxies = "10.0.0.0/8, 2001:db8:ffff::/48, 192.0.2.77";

/** Who a request is from, by what its header says. */
async function addressOf(
  header: string | null,
  {
    trusted = proxies,
    kind = "x-forwarded-for",
    from = socket,
  }: { readonly trusted?: string | null; readonly kind?: ForwardedHeader; readonly from?: string | null } = {},
): Promise<string> {
  const clientAddress = createClientAddress({
    trustedProxies: trusted === null ? [] : (parseNetworks(trusted) ?? []),
    trustedHeader: kind,
    socketAddress: () => from,
  });
  const app = new Hono();
  app.get("/", (c) => c.text(clientAddress(c)));
  const response = await app.request("/", { headers: header === null ? {} : { [kind]: header } });
  return await response.text();
}

test("a header is ignored where no proxy is trusted, and from whoever is none, as anyone can write it", async () => {
  expect(await addressOf("203.0.113.9", { trusted: null })).toBe(socket);
  expect(await addressOf("203.0.113.9", { from: "198.51.100.1" })).toBe("198.51.100.1");
  expect(await addressOf("203.0.113.9", { from: "2001:db8:fffe::1" })).toBe("2001:db8:fffe:0::/64");
  expect(await addressOf("for=203.0.113.9", { kind: "x-forwarded-for" })).toBe(socket);
});

test("it goes back through trusted proxies to the first address that is none, whatever stands before that", async () => {
  expect(await addressOf("203.0.113.9")).toBe("203.0.113.9");
  expect(await addressOf("6.6.6.6, 203.0.113.9, 10.0.0.2")).toBe("203.0.113.9");
  expect(await addressOf("6.6.6.6, 203.0.113.9 ,192.0.2.77,10.9.9.9")).toBe("203.0.113.9");
  expect(await addressOf("203.0.113.9:4711")).toBe("203.0.113.9");
  expect(await addressOf("[2001:db8:0:1::9]:443, 2001:db8:ffff::2")).toBe("2001:db8:0:1::/64");
  expect(await addressOf("203.0.113.9", { from: "::ffff:10.0.0.1" })).toBe("203.0.113.9");
});

test("where a node cannot be read, the proxy that wrote it is as far as anything is known", async () => {
  for (const header of [null, "", "nonsense", "unknown", "300.1.1.1", "203.0.113.9,", "203.0.113.9, _hidden"]) {
    expect([header, await addressOf(header)]).toEqual([header, socket]);
  }
  expect(await addressOf("6.6.6.6, unknown, 10.0.0.2")).toBe("10.0.0.2");
  expect(await addressOf("10.0.0.4, 10.0.0.3")).toBe("10.0.0.4");
  expect(await addressOf(null, { from: null })).toBe("unknown");
});

test("an endless chain of our own proxies is not followed for ever", async () => {
  const chain = ["203.0.113.9", ...Array.from({ length: 500 }, () => "10.0.0.2")].join(",");
  expect(await addressOf(chain)).toBe("10.0.0.2");
});

test("Forwarded is read by RFC 7239: any case, quotes, other parameters, ports", async () => {
  const forwarded = (header: string) => addressOf(header, { kind: "forwarded" });
  expect(await forwarded("for=203.0.113.9")).toBe("203.0.113.9");
  expect(await forwarded('For="[2001:db8:0:1::9]:4711"')).toBe("2001:db8:0:1::/64");
  expect(await forwarded('for=6.6.6.6;proto=http, proto=https;by=10.0.0.1;FOR="203.0.113.9:80" ; host="a,b;c"')).toBe(
    "203.0.113.9",
  );
  expect(await forwarded("for=203.0.113.9, for=10.0.0.2;proto=https")).toBe("203.0.113.9");
});

test("no header that a client wrote gets it another address than the one that our proxy saw", async () => {
  const hostile = [
    "for=6.6.6.6",
    'for="6.6.6.6',
    'host="',
    'host="x\\',
    'host="\\"',
    '"',
    '\\"',
    "for=6.6.6.6;",
    "for=6.6.6.6,",
    ",,,;;;===",
    'secret="a\\",for=6.6.6.6, b="c',
  ];
  for (const start of hostile) {
    for (const kind of ["forwarded", "x-forwarded-for"] as const) {
      const appended = kind === "forwarded" ? `${start}, for=203.0.113.9` : `${start}, 203.0.113.9`;
      expect([kind, start, await addressOf(appended, { kind })]).toEqual([kind, start, "203.0.113.9"]);
    }
  }
  const forwarded = (header: string) => addressOf(header, { kind: "forwarded" });
  // A proxy that copies the client's Host into a quoted parameter names the client beside it all the same.
  expect(await forwarded('host="x;for=6.6.6.6;y";for=203.0.113.9')).toBe("203.0.113.9");
  expect(await forwarded('host="x, for=6.6.6.6";for=203.0.113.9')).toBe("203.0.113.9");
  // What is no list of pairs, or names two, is not guessed at.
  for (const malformed of [
    "for=6.6.6.6;for=7.7.7.7",
    "for = 6.6.6.6",
    'for="6.6.6.6"x',
    "for=6.6.6.6;x",
    "by=6.6.6.6",
  ]) {
    expect([malformed, await forwarded(malformed)]).toEqual([malformed, socket]);
  }
});

test("whatever is before it, what our proxy appends is what counts", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom(...'for="\\,; :.[]0123456789abx') }),
      fc.constantFrom("forwarded", "x-forwarded-for"),
      async (start, kind) => {
        const appended = kind === "forwarded" ? "for=203.0.113.9" : "203.0.113.9";
        expect(await addressOf(`${start},${appended}`, { kind })).toBe("203.0.113.9");
      },
    ),
  );
});

test("networks are CIDR blocks or addresses, and a slip is refused", () => {
  for (const text of [
    "10.0.0.0/8",
    "0.0.0.0/0",
    "::/0",
    "192.0.2.1",
    "2001:db8::1",
    "10.0.0.0/8,2001:db8::/32",
    "1.2.3.4/32",
  ]) {
    expect([text, parseNetworks(text)?.length]).toEqual([text, text.split(",").length]);
  }
  for (const text of [
    ...["", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/", "10.0.0/8", "10.0.0.0/8/8"],
    ...["2001:db8::1/32", "::/129", "fe80::1%eth0", "localhost", "10.0.0.0/8,", "10.0.0.0/8 10.1.0.0/16", "[::1]"],
  ]) {
    expect([text, parseNetworks(text)]).toEqual([text, null]);
  }
});

test("a network holds the addresses that begin with its bits, and no other", async () => {
  await fc.assert(
    fc.asyncProperty(fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.ipV4(), async (base, bits, address) => {
      const number = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
      const start = Math.floor(number(base) / 2 ** (32 - bits)) * 2 ** (32 - bits);
      const network = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join(".");
      const inside = number(address) >= start && number(address) < start + 2 ** (32 - bits);
      const found = await addressOf("100.64.0.1", { trusted: `${network}/${bits}`, from: address });
      expect(found).toBe(inside ? "100.64.0.1" : address);
    }),
  );
});

test("IPv6 is counted by its /64, however it is written; an IPv4-mapped address is the IPv4 address", () => {
  const same = [
    "2001:db8:0:1::1",
    "2001:0DB8:0000:0001:ffff:0:0:2",
    "[2001:db8:0:1::9]:443",
    "2001:db8:0:1::192.0.2.1",
  ];
  for (const address of same) expect(addressKey(address)).toBe("2001:db8:0:1::/64");
  expect(addressKey("::1")).toBe("0:0:0:0::/64");
  expect(addressKey("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
  for (const mapped of ["::ffff:192.0.2.1", "::ffff:c000:201"]) expect(addressKey(mapped)).toBe("192.0.2.1");
  for (const bad of [
    ...["", ":", ":::", "1:2:3", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::", "::g", "::1.2.3", "1.2.3.4.5"],
    ...["1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "01.2.3.4", "1.2.3.256", "1.2.3.4 5", "1.2.3.-4", "1.2.3.4a"],
  ]) {
    expect([bad, addressKey(bad)]).toEqual([bad, null]);
  }
  for (const address of ["0.0.0.0", "255.255.255.255", "10.20.30.40"]) expect(addressKey(address)).toBe(address);
});

test("every IPv6 address that the runtime's URL parser takes has a key, shared by its whole network alone", () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.ipV6(), (one, other) => {
      fc.pre([one, other].every((text) => URL.canParse(`http://[${text}]/`)));
      const network = (text: string) => addressKey(new URL(`http://[${text}]/`).hostname);
      expect(addressKey(one)).not.toBeNull();
      expect(addressKey(one)).toBe(network(one));
      expect(addressKey(one) === addressKey(other)).toBe(network(one) === network(other));
    }),
  );
});

test("the socket is asked once, with the runtime's own request, even where the body is counted through a copy", async () => {
  const asked: Request[] = [];
  const clientAddress = createClientAddress({
    trustedProxies: [],
    trustedHeader: "forwarded",
    socketAddress: (request) => `192.0.2.${asked.push(request)}`,
  });
  const app = new Hono();
  app.use(thrownGuard(transportLimits()));
  app.post("/", (c) => c.text(`${clientAddress(c)} ${clientAddress(c)}`));
  const request = new Request("http://localhost/", { method: "POST", body: "x" });
  expect(await (await app.fetch(request)).text()).toBe("192.0.2.1 192.0.2.1");
  expect(asked).toEqual([request]);
});
