import type { Draft } from "../draft.ts";
import { hostileStrings } from "../hostile-strings.ts";
import { fittingValue, hostileValue } from "../values.ts";
import type { Twist, TwistContext } from "./twist.ts";

const always = (): boolean => true;

/** What is no percent-encoding, or says what no text may. */
const brokenEncodings = [
  "%",
  "%2",
  "%zz",
  "%00",
  "a%00b",
  "%c0%80",
  "%ff",
  "%ed%a0%80",
  "%F0%9F%98%80",
  "%25",
  "%2F",
  "%5c",
  "+",
  "%0d%0aX-Injected:%201",
];

function queryParameters({ operation }: Draft) {
  return operation.parameters.filter((parameter) => parameter.in === "query");
}

const encoded = (value: unknown): string =>
  encodeURIComponent(String(typeof value === "object" ? JSON.stringify(value) : value).toWellFormed()).slice(0, 4_000);

function withQuery(draft: Draft, name: string, value: string): void {
  draft.query = [...draft.query.filter((pair) => !pair.startsWith(`${name}=`)), `${name}=${value}`];
}

/** Replaces one segment of the path that stands for a parameter, or any where there is none. */
function withSegment(draft: Draft, { dice }: TwistContext, value: string): void {
  const segments = draft.path.split("/");
  const named = draft.operation.path.split("/").flatMap((segment, at) => (segment.startsWith("{") ? [at] : []));
  segments[named.length > 0 ? dice.of(named) : segments.length - 1] = value;
  draft.path = segments.join("/");
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"];

export const targetTwists: readonly Twist[] = [
  {
    name: "a query parameter at its edge",
    refused: false,
    fits: (draft) => queryParameters(draft).length > 0,
    apply: (draft, { dice, schemas, world }) => {
      const { name, schema } = dice.of(queryParameters(draft));
      const value = fittingValue(dice, schema, { schemas, known: (field) => world.of(field), name });
      withQuery(draft, name, encoded(value));
    },
  },
  {
    name: "a hostile query parameter",
    refused: false,
    fits: (draft) => queryParameters(draft).length > 0,
    apply: (draft, { dice, schemas }) => {
      const { name, schema } = dice.of(queryParameters(draft));
      withQuery(draft, name, encoded(hostileValue(dice, schema, schemas)));
    },
  },
  {
    name: "a broken encoding in the query",
    refused: false,
    fits: (draft) => queryParameters(draft).length > 0,
    apply: (draft, { dice }) => withQuery(draft, dice.of(queryParameters(draft)).name, dice.of(brokenEncodings)),
  },
  {
    name: "a query parameter twice",
    refused: true,
    fits: (draft) => queryParameters(draft).length > 0,
    apply: (draft, { dice }) => {
      const { name } = dice.of(queryParameters(draft));
      draft.query.push(`${name}=1`, dice.of([`${name}=1`, `${name}=2`, name, `${name.replace("a", "%61")}=1`]));
    },
  },
  {
    name: "an unknown query parameter",
    refused: true,
    fits: always,
    apply: (draft, { dice }) => {
      const pairs = [
        "no_such=1",
        "Limit=1",
        "limit[]=1",
        "limit.a=1",
        "__proto__=1",
        "constructor=1",
        "__proto__[a]=1",
        "%00=1",
        "%=%",
        "x=%zz",
      ];
      draft.query.push(dice.of(pairs));
    },
  },
  {
    name: "hostile text for a path segment",
    refused: false,
    fits: always,
    apply: (draft, context) => withSegment(draft, context, encoded(context.dice.of(hostileStrings))),
  },
  {
    name: "a broken encoding in the path",
    refused: false,
    fits: always,
    apply: (draft, context) => withSegment(draft, context, context.dice.of(brokenEncodings)),
  },
  {
    name: "raw bytes in the path",
    refused: false,
    fits: always,
    apply: (draft, context) =>
      withSegment(draft, context, context.dice.of(["\xff\xfe", "é", '"<>"', "a\\b", "{x}", "|", "^", "`"])),
  },
  {
    name: "another shape of path",
    refused: false,
    fits: always,
    apply: (draft, { dice }) => {
      const { path } = draft;
      draft.path = dice.of([
        `${path}/`,
        `/${path}`,
        `${path}/..`,
        path.replaceAll("/", "//"),
        `${path};a=1`,
        `${path}/.`,
        path.toUpperCase(),
        `${path}%20`,
        path.replace("/api", "/%61pi"),
        `${path}#f`,
        "/",
        "/api",
        "/api/v1",
        "/docs/../openapi.json",
        "/docs",
        "/openapi.json",
        "/.git/config",
        "/errors/__proto__",
        "/errors/constructor",
      ]);
    },
  },
  {
    name: "a target over the limit",
    refused: true,
    fits: always,
    apply: (draft, { dice }) => void draft.query.push(`x=${"y".repeat(dice.of([8_200, 15_000]))}`),
  },
  {
    name: "another method",
    refused: false,
    fits: always,
    apply: (draft, { dice }) => {
      draft.method = dice.of(methods);
    },
  },
];
