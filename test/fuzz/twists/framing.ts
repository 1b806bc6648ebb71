import { join } from "../draft.ts";
import type { Twist, TwistContext } from "./twist.ts";

type Frame = (head: readonly string[], body: Uint8Array) => Uint8Array;

const lengthless = (head: readonly string[]) => head.filter((line) => !/^content-length:/i.test(line));
const withLine = (head: readonly string[], ...lines: string[]) => [...lengthless(head), ...lines];
const chunked = (body: Uint8Array) =>
  Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")]);
const chunks = (body: Uint8Array) => (body.length === 0 ? Buffer.from("0\r\n\r\n") : chunked(body));

const frames: Readonly<Record<string, Frame>> = {
  "two lengths": (head, body) =>
    join(withLine(head, `Content-Length: ${body.length}`, `Content-Length: ${body.length + 1}`), body),
  "a length below zero": (head, body) => join(withLine(head, "Content-Length: -1"), body),
  "a length that is no number": (head, body) => join(withLine(head, "Content-Length: 0x10"), body),
  "a length past any integer": (head, body) => join(withLine(head, "Content-Length: 99999999999999999999999"), body),
  "a length over the limit": (head) => join(withLine(head, "Content-Length: 1000000000"), new Uint8Array()),
  "a length and chunks": (head, body) =>
    join(withLine(head, `Content-Length: ${body.length}`, "Transfer-Encoding: chunked"), chunks(body)),
  "a bad chunk": (head) => join(withLine(head, "Transfer-Encoding: chunked"), Buffer.from("zz\r\n{}\r\n0\r\n\r\n")),
  "another transfer encoding": (head, body) => join(withLine(head, "Transfer-Encoding: gzip, chunked"), chunks(body)),
  "no host": (head, body) =>
    join(
      head.filter((line) => !line.startsWith("Host:")),
      body,
    ),
  "two hosts": (head, body) => join([...head, "Host: other.example"], body),
  "a host that is none": (head, body) =>
    join(
      head.map((line) => (line.startsWith("Host:") ? "Host: a b@c:99999" : line)),
      body,
    ),
  "HTTP/1.0": (head, body) =>
    join(
      head.map((line, at) => (at === 0 ? line.replace("HTTP/1.1", "HTTP/1.0") : line)),
      body,
    ),
  "a method in lower case": (head, body) =>
    join(
      head.map((line, at) => (at === 0 ? line.toLowerCase() : line)),
      body,
    ),
  "a method that nobody knows": (head, body) =>
    join(
      head.map((line, at) => (at === 0 ? line.replace(/^\S+/, "FROB") : line)),
      body,
    ),
  "HTTP/9.9": (head, body) =>
    join(
      head.map((line, at) => (at === 0 ? line.replace("HTTP/1.1", "HTTP/9.9") : line)),
      body,
    ),
  "an absolute target": (head, body) =>
    join(
      head.map((line, at) => (at === 0 ? line.replace(" /", " http://evil.example/") : line)),
      body,
    ),
  "an asterisk for a target": (head, body) => join([`OPTIONS * HTTP/1.1`, ...head.slice(1)], body),
  "a header field without a name": (head, body) => join([...head, ": x"], body),
  "a header field with a space in its name": (head, body) => join([...head, "X Bad: x"], body),
  "a folded header field": (head, body) => join([...head, "X-Fold: a", " b"], body),
  "control characters in a header field": (head, body) => join([...head, "X-Control: a\x00b\x01"], body),
  "bare line feeds": (head, body) => Buffer.concat([Buffer.from(`${head.join("\n")}\n\n`, "latin1"), body]),
  "header fields past the server's limit": (head, body) => join([...head, `X-Long: ${"x".repeat(80_000)}`], body),
  "no HTTP at all": () => Buffer.from("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "latin1"),
};

/** A body of undeclared length is framed by chunks, which is in order: the app counts it. */
const chunkedBody: Frame = (head, body) => join(withLine(head, "Transfer-Encoding: chunked"), chunks(body));

/** Requests that break HTTP's own framing, which the server may answer before the app sees them. */
export const framingTwists: readonly Twist[] = [
  ...Object.entries(frames).map(([name, frame]) => ({
    name,
    refused: false,
    fits: () => true,
    apply: (draft: Parameters<Twist["apply"]>[0], _: TwistContext) => {
      draft.frame = frame;
    },
  })),
  {
    name: "a body in chunks",
    refused: false,
    fits: ({ operation }) => operation.body !== null,
    apply: (draft) => {
      draft.frame = chunkedBody;
    },
  },
];
