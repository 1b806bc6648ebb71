import { expect, test } from "bun:test";
import fc from "fast-check";
import { Hono } from "hono";
import { thrownGuard } from "../../../src/foundation/http/thrown-guard.ts";
import { transportLimits } from "../../../src/foundation/http/transport-limits.ts";
import { addressKey, clientAddress } from "../../../src/foundation/rate-limit/index.ts";

async function addressOf(forwarded: string | null, trustedProxyHops: number, socket: string | null): Promise<string> {
  const app = new Hono();
  app.get("/", (c) => c.text(clientAddress(c, { trustedProxyHops, socketAddress: () => socket })));
  const response = await app.request("/", { headers: forwarded === null ? {} : { "X-Forwarded-For": forwarded } });
  return await response.text();
}

test("X-Forwarded-For is ignored where no proxy is trusted, as anyone can write it", async () => {
  expect(await addressOf("203.0.113.9", 0, "192.0.2.1")).toBe("192.0.2.1");
});

test("behind n proxies the n-th address from the right counts, whatever the client put before it", async () => {
  expect(await addressOf("6.6.6.6, 203.0.113.9", 1, "10.0.0.1")).toBe("203.0.113.9");
  expect(await addressOf("6.6.6.6, 203.0.113.9, 10.0.0.2", 2, "10.0.0.1")).toBe("203.0.113.9");
  expect(await addressOf("203.0.113.9:4711", 1, "10.0.0.1")).toBe("203.0.113.9");
});

test("a header that is missing, short or no address falls back to the socket, and then to one shared key", async () => {
  for (const header of [null, "", "nonsense", "300.1.1.1", "203.0.113.9,"]) {
    expect(await addressOf(header, 1, "192.0.2.1")).toBe("192.0.2.1");
  }
  expect(await addressOf("203.0.113.9", 2, "192.0.2.1")).toBe("192.0.2.1");
  expect(await addressOf(null, 1, null)).toBe("unknown");
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
    "",
    ":",
    ":::",
    "1:2:3",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "::g",
    "::1.2.3",
    "1.2.3.4.5",
  ]) {
    expect([bad, addressKey(bad)]).toEqual([bad, null]);
  }
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

test("the socket is asked with the runtime's own request, even where the body is counted through a copy", async () => {
  const asked: Request[] = [];
  const app = new Hono();
  app.use(thrownGuard(transportLimits()));
  app.post("/", (c) =>
    c.text(clientAddress(c, { trustedProxyHops: 0, socketAddress: (r) => `192.0.2.${asked.push(r)}` })),
  );
  const request = new Request("http://localhost/", { method: "POST", body: "x" });
  expect(await (await app.fetch(request)).text()).toBe("192.0.2.1");
  expect(asked[0]).toBe(request);
});
