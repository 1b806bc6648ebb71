import type { Redactor } from "../logging/redaction/redactor.ts";

const urlCharsMax = 2_048;

/** S3's old query signature: the conventions name it, and the redactor takes an id for no secret. */
const accessKeyId = "AWSAccessKeyId";

/**
 * A URL as it may stand on a span: user, password and the values of secret query parameters are `REDACTED`, whatever
 * else looks like a secret as the redactor has it. No fragment, and at most 2,048 characters.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ (`url.full`)
 */
export function redactUrl(url: URL, redactor: Redactor): string {
  const user = url.username === "" && url.password === "" ? "" : "REDACTED:REDACTED@";
  const path = redactor.text(url.pathname);
  return `${url.protocol}//${user}${url.host}${path}${redactQuery(url.search, redactor)}`.slice(0, urlCharsMax);
}

function redactQuery(search: string, redactor: Redactor): string {
  if (search === "") return "";
  const pairs = search.slice(1).split("&");
  return `?${pairs.map((pair) => redactPair(pair, redactor)).join("&")}`;
}

/** What is not secret stays as it was written. */
function redactPair(pair: string, redactor: Redactor): string {
  const [[name, value] = ["", ""]] = new URLSearchParams(pair);
  const written = pair.slice(0, pair.includes("=") ? pair.indexOf("=") : pair.length);
  if (value === "") return redactor.text(name) === name ? pair : "REDACTED";
  const secret = redactor.isSecretKey(name) || name === accessKeyId || redactor.text(value) !== value;
  return secret ? `${redactor.text(written)}=REDACTED` : pair;
}
