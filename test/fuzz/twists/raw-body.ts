import { bodyOf, type Draft, dropHeader, setHeader } from "../draft.ts";
import type { Twist, TwistContext } from "./twist.ts";

const encoder = new TextEncoder();
const takesBody = ({ operation }: Draft): boolean => operation.body !== null;

function raw(name: string, make: (text: string, context: TwistContext) => Uint8Array | string): Twist {
  return {
    name,
    refused: true,
    fits: (draft) => takesBody(draft) && draft.json !== undefined && draft.raw === null,
    apply: (draft, context) => {
      const made = make(JSON.stringify(draft.json), context);
      draft.raw = typeof made === "string" ? encoder.encode(made) : made;
    },
  };
}

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

const contentTypes = [
  "",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/json; charset=utf-16",
  "application/json, application/json",
  "application/json;",
  "application/jsonp",
  "application/merge-patch+json",
  "*/*",
  `application/json; x=${"y".repeat(5_000)}`,
];

function addBody(draft: Draft, { dice }: TwistContext): void {
  draft.raw = encoder.encode(dice.of(["{}", "x", "[".repeat(70_000)]));
}

/** What no JSON value can say: the body's bytes themselves. */
export const rawBodyTwists: readonly Twist[] = [
  raw("JSON that is cut off", (text, { dice }) => text.slice(0, dice.below(text.length))),
  raw("a key given twice", (text) => text.replace("{", '{"k":1,"\\u006b":2,')),
  raw("a known key given twice", (text) => text.replace(/\{("[^"]+"):/, "{$1:null,$1:")),
  raw("a byte order mark in the middle", (text) => text.replace("{", "{\ufeff")),
  raw("UTF-16 with its mark", (text) => bytes([0xff, 0xfe], [...Buffer.from(text, "utf16le")])),
  raw("invalid UTF-8", (text, { dice }) =>
    bytes(
      '{"a":"',
      dice.of([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]]),
      `",${text.slice(1)}`,
    ),
  ),
  raw("a lone surrogate", (text, { dice }) =>
    text
      .replace(/:"/, `:"${dice.of(["\\ud800", "\\udc00", "\\udc00\\ud800", "\\ud83dx"])}`)
      .replace("{", '{"s":"\\ud800",'),
  ),
  raw("a NUL", (text, { dice }) => text.replace("{", `{"n":"${dice.of(["\\u0000", "\u0000"])}",`)),
  raw("a NUL in a key", (text) => text.replace("{", '{"a\\u0000b":1,')),
  raw("nesting without end", (_, { dice }) => {
    const depth = dice.of([65, 1_000, 50_000]);
    return dice.of([`${"[".repeat(depth)}${"]".repeat(depth)}`, "[".repeat(depth), '{"a":'.repeat(depth)]);
  }),
  raw("a number without end", (text, { dice }) =>
    text.replace("{", `{"n":${dice.of(["9".repeat(10_000), "1e999999", "-", "01", "1.", "+1", "NaN", "0x1"])},`),
  ),
  raw("two texts", (text) => `${text}${text}`),
  raw("a comment", (text) => `/* c */${text}`),
  raw("nothing but space", () => " \n "),
  raw("no body", () => ""),
  raw("no object", (_, { dice }) => dice.of(["null", "true", "1", '"text"', "[]", "[null]", '""'])),
  raw("noise", (_, { dice }) => Uint8Array.from({ length: dice.of([1, 100, 3_000]) }, () => dice.below(256))),
  raw("a body over the limit", (text) => `${" ".repeat(70_000)}${text}`),
  {
    name: "a byte order mark",
    refused: false,
    fits: (draft) => takesBody(draft) && draft.raw === null,
    apply: (draft) => {
      draft.raw = encoder.encode(`\ufeff${JSON.stringify(draft.json)}`);
    },
  },
  {
    name: "another content type",
    refused: true,
    fits: takesBody,
    apply: (draft, { dice }) => setHeader(draft, "Content-Type", dice.of(contentTypes)),
  },
  {
    name: "no content type",
    refused: true,
    fits: takesBody,
    apply: (draft) => dropHeader(draft, "Content-Type"),
  },
  {
    name: "a content encoding",
    refused: true,
    fits: takesBody,
    apply: (draft, { dice }) => setHeader(draft, "Content-Encoding", dice.of(["gzip", "br", "x", "identity, gzip"])),
  },
  {
    name: "a body where none belongs",
    refused: true,
    fits: (draft) => !takesBody(draft) && bodyOf(draft) === null && draft.method !== "GET",
    apply: addBody,
  },
  {
    // Bun drops it before the app could see it.
    name: "a body of a GET",
    refused: false,
    fits: ({ method, raw: given }) => method === "GET" && given === null,
    apply: addBody,
  },
];
