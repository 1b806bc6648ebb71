import { type Draft, dropHeader, setHeader } from "../draft.ts";
import { apiKey } from "../world.ts";
import { secretMark, type Twist } from "./twist.ts";

const always = (): boolean => true;
const trace = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";

const hostileFields: readonly [name: string, values: readonly string[]][] = [
  [
    "traceparent",
    [
      "",
      "00",
      `00-${trace}-01-extra`,
      `ff-${trace}-01`,
      `00-${"0".repeat(32)}-${"0".repeat(16)}-00`,
      `00-${trace.toUpperCase()}-01`,
      "x".repeat(4_000),
      `00-${trace}-01, 00-${trace}-01`,
    ],
  ],
  ["tracestate", ["", "a=", ",,,", "a=b,".repeat(100), "\xff=1", "x".repeat(4_000)]],
  ["X-Request-ID", ["", " ", "a b", "x".repeat(129), "<b>", "\xe9\xff", "%0d%0aX-Injected: 1", "../..", "a\tb"]],
  [
    "Idempotency-Key",
    ["", " ", "a b", "\xe9", "x".repeat(255), "x".repeat(256), '"quoted"', "{}", "%00", "key-of-the-session"],
  ],
  ["If-Match", ["", "*", '"', '""', 'W/"x"', '"a", "b"', "x", '"\xff"', `"${"x".repeat(4_000)}"`, "*, *", ","]],
  ["If-None-Match", ["*", '"x"', "\xff"]],
  [
    "Accept",
    ["", "text/html", "application/xml", "*/*;q=0", "beancount", "\xff", ",".repeat(2_000), "text/plain;q=9999"],
  ],
  ["Accept-Encoding", ["gzip", "identity;q=0", "*;q=0"]],
  ["Range", ["bytes=0-1", "bytes=-", "x"]],
  ["Origin", ["null", "https://evil.example", "\xff", "x".repeat(3_000)]],
  ["X-Forwarded-For", ["", "127.0.0.1", "::1, x", ",,,", "999.1.1.1", "[::1]:80", "x".repeat(3_000), "a,".repeat(500)]],
  ["Forwarded", ['for=_x;by="', "for=unknown", "\xff"]],
  ["X-Forwarded-Host", ["evil.example"]],
  ["X-Forwarded-Proto", ["gopher"]],
  ["X-HTTP-Method-Override", ["DELETE"]],
  ["Expect", ["100-continue", "x"]],
  ["Upgrade", ["websocket", "h2c"]],
  ["Connection", ["close", "keep-alive, X-Request-ID", "upgrade"]],
  ["Cookie", [`session=${secretMark}`, "=;=;", "\xff"]],
  ["X-Secret", [secretMark]],
  ["Content-Language", ["\xff"]],
];

const b64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = {
  sub: "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10",
  iss: "footing",
  aud: "footing",
  exp: 9_999_999_999,
  note: secretMark,
};

const credentials: readonly string[] = [
  "",
  "Bearer",
  "Bearer ",
  `Bearer ${secretMark}`,
  `Basic ${Buffer.from(`user:${secretMark}`).toString("base64")}`,
  `Bearer ${b64({ alg: "none" })}.${b64(claims)}.`,
  `Bearer ${b64({ alg: "HS256" })}.${b64(claims)}.${secretMark}`,
  `Bearer ${b64({ alg: "HS256", crit: ["x"], kid: "../../x" })}.${b64(claims)}.AAAA`,
  `Bearer ${"A".repeat(8_000)}`,
  "Bearer ..",
  "Bearer %00\xff",
  `bearer  ${secretMark} ${secretMark}`,
  `Bearer ftk_${"x".repeat(43)}`,
  `Token ${secretMark}`,
];

const isHeld = (draft: Draft): boolean => draft.operation.authenticated;

export const headerTwists: readonly Twist[] = [
  {
    name: "a hostile header field",
    refused: false,
    fits: always,
    apply: (draft, { dice }) => {
      const [name, values] = dice.of(hostileFields);
      setHeader(draft, name, dice.of(values));
    },
  },
  {
    name: "a header field twice",
    refused: false,
    fits: always,
    apply: (draft, { dice }) => {
      const [name, values] = dice.of(hostileFields);
      draft.headers.push([name, dice.of(values)], [name, dice.of(values)]);
    },
  },
  {
    name: "header fields over the limit",
    refused: true,
    // Twice would be over the server's own limit, which has no answer with ids.
    fits: ({ headers }) => headers.length < 50 && !headers.some(([, value]) => value.length > 10_000),
    apply: (draft, { dice }) => {
      if (dice.chance(50)) setHeader(draft, "Cookie", `a=${"x".repeat(20_000)}`);
      else for (let at = 0; at < 170; at += 1) draft.headers.push([`x-${at}`, "1"]);
    },
  },
  { name: "no credential", refused: true, fits: isHeld, apply: (draft) => dropHeader(draft, "Authorization") },
  {
    name: "a credential that is none",
    refused: true,
    fits: isHeld,
    apply: (draft, { dice }) => setHeader(draft, "Authorization", dice.of(credentials)),
  },
  {
    name: "an API key",
    refused: false,
    fits: isHeld,
    apply: (draft, { dice, world }) => {
      const keys = world.of(apiKey);
      if (keys.length > 0) setHeader(draft, "Authorization", `Bearer ${dice.of(keys)}`);
    },
  },
];
