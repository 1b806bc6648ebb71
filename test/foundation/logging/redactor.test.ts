import { expect, test } from "bun:test";
import fc from "fast-check";
import { createOpaqueToken } from "../../../src/foundation/auth/index.ts";
import { createRedactor } from "../../../src/foundation/logging/index.ts";
import { mayHoldSecret } from "../../../src/foundation/logging/redaction/precheck.ts";
import { scanText } from "../../../src/foundation/logging/redaction/scan-text.ts";

const redactor = createRedactor();

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
const privateKey = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0B\n-----END PRIVATE KEY-----";

/** A secret in its surroundings, which stay: `§` stands for it. */
const texts: readonly (readonly [text: string, secret: string])[] = [
  ["password=§", "hunter2"],
  ["password=§&user=ada", "hunter2"],
  ["login failed, password: §", "correct horse battery staple"],
  ["password=§ status=200", "correct horse battery staple"],
  ['{"user":"ada","password":"§"}', "correct horse battery staple"],
  ['{"password":"§","n":1}', 'a \\"quoted\\" word\\\\'],
  ['"{\\"password\\":\\"§\\"}" and more', "hunter2"],
  ['"{\\"password\\":\\"§\\"}"', 'with \\\\\\"quotes\\\\\\" within'],
  ["{'refresh_token': '§'}", "abc def"],
  ["GET /cb?access_token=§&state=x HTTP/1.1", "abc.def"],
  ["X-Amz-Signature=§&X-Amz-Expires=60", "fe5f80f77d5fa3beca038a248ff027d0445342fe"],
  ["Authorization: §", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="],
  ["authorization: §\nAccept: */*", "Digest username=x, response=6629fae49393a05397450978507c4ef1"],
  ["Cookie: §\r\nHost: a", "sid=31d4d96e407aad42; theme=dark"],
  ["set-cookie: §", "sid=31d4d96e407aad42; HttpOnly"],
  ["sent with bearer § to them", "abcdefgh12345"],
  ["Basic § was refused", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="],
  [`the token § was used twice`, jwt],
  ["key § is unknown", "sk-proj-abcdefghijklmnop"],
  ["key § is unknown", "ghp_0123456789abcdefghij0123456789abcdef"],
  ["key § is unknown", "AKIAIOSFODNN7EXAMPLE0"],
  ["unknown: §", createOpaqueToken()],
  ["unknown: §", createOpaqueToken("footing_")],
  ["postgres://§@db.example.com:5432/books", "ada:hunter2"],
  ["redis://§@cache", ":p@ss"],
  ["paid with § today", "4111 1111 1111 1111"],
  ["paid with § today", "4111-1111-1111-1111"],
  ["paid with § today", "378282246310005"],
  ["paid with § today", "3782 822463 10005"],
  ["from § to us", "DE89 3704 0044 0532 0130 00"],
  ["from § EUR", "GB29 NWBK 6016 1331 9268 19"],
  ["from §, late", "DE89370400440532013000"],
  ["the key §\nfollows", privateKey],
  ["the key §", privateKey.slice(0, 60)],
];

test("FT.LOG.2 a secret is taken out of a text by its name or its form, and what surrounds it stays", () => {
  for (const [text, secret] of texts) {
    expect(redactor.text(text.replace("§", () => secret))).toBe(text.replace("§", "[redacted]"));
  }
});

test("what is no secret stays as it is", () => {
  for (const text of [
    "GET /api/v1/books/:book_id",
    "0190b6a2-7c1e-7f3a-8d4b-4111111111111111",
    "2026-02-03T04:05:06.789Z",
    "1764055320000",
    "at postEntries (/srv/footing/src/modules/journal/service.ts:120:15)",
    "createRequestDatabaseConnectionPoolFactoryOf",
    "relation ledger.journal_entries has no column amount",
    "4111 1111 1111 1112",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "DE00 0000 0000 0000 0000 00",
    "Unexpected token } in JSON at position 4",
    "a basic information",
    "account_path=Assets:Cash amount=12.50 commodity=EUR",
    "http://127.0.0.1:3000/docs",
    "idempotency_key=abc",
  ]) {
    expect(redactor.text(text)).toBe(text);
  }
});

test("FT.LOG.2 the value under a secret's name is redacted whatever it is, at any depth and in any spelling", () => {
  for (const key of [
    "password",
    "newPassword",
    "PASSWORD_HASH",
    "Authorization",
    "proxy-authorization",
    "cookie",
    "Set-Cookie",
    "access_token",
    "refreshToken",
    "X-API-Key",
    "apiKey",
    "client_secret",
    "SECRET_KEY",
    "private_key",
    "jwt",
    "cardNumber",
    "cvv",
    "iban",
    "account_number",
    "sessionId",
    "signature",
  ]) {
    expect({ key, secret: redactor.isSecretKey(key) }).toEqual({ key, secret: true });
    for (const value of ["x", 12, ["x"], { y: "x" }]) expect(redactor.field(key, value)).toBe("[redacted]");
    expect(JSON.stringify(redactor.field("request", { headers: [{ [key]: "x", ok: 1 }] }))).toBe(
      `{"headers":[{"${key}":"[redacted]","ok":1}]}`,
    );
    expect([redactor.field(key, null), redactor.field(key, true)]).toEqual([null, true]);
  }
  for (const key of [
    "account_id",
    "account_path",
    "book_id",
    "key",
    "token_type",
    "author",
    "user",
    "pinned",
    "status",
  ]) {
    expect({ key, secret: redactor.isSecretKey(key) }).toEqual({ key, secret: false });
  }
  expect(redactor.field("max_tokens", 12)).toBe(12);
  expect(redactor.field("n", 4_111_111_111_111_111)).toBe("[redacted]");
});

const fragment = fc.oneof(
  fc.constantFrom(
    ...["password", "token", "cookie", "authorization", "user", "secret", "api_key", "Bearer ", "Basic ", "basic"],
    ...["=", ":", '"', "'", "`", "\\", '\\"', "\\\\", "[", "]", "{", "}", "[redacted]", "redacted", "(", ")", "<", ">"],
    ...[
      " ",
      "  ",
      "\t",
      "\n",
      ",",
      ";",
      "&",
      "?",
      "/",
      "://",
      "@",
      ".",
      "-",
      "_",
      "=>",
      "==",
      "-----BEGIN PRIVATE KEY-----",
    ],
    ...["-----END PRIVATE KEY-----", "4111111111111111", "4111 1111 1111 1111", "4111", "1111", "378282246310005"],
    ...[
      "DE89 3704 0044 0532 0130 00",
      "DE89370400440532013000",
      "PAID",
      "eyJhbGciOiJIUzI1NiJ9",
      jwt,
      createOpaqueToken(),
    ],
    ...[
      "ghp_0123456789abcdefghij",
      "AKIAIOSFODNN7EXAMPLE0",
      "sk-",
      "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
      "abcdefgh12345",
      "é",
      "\u2028",
      "😀",
      "0",
      "a",
    ],
  ),
  fc.string({ maxLength: 4 }),
);
const text = fc.array(fragment, { maxLength: 14 }).map((parts) => parts.join(""));

test("redacting again changes nothing", () => {
  const told = String.raw`{\"password\":\"hunter2\"}{"user":"ada","password":"correct horse battery staple"}`;
  fc.assert(
    fc.property(text, (given) => {
      const once = scanText(given);
      expect(scanText(once)).toBe(once);
    }),
    { numRuns: 20_000, examples: [[told]] },
  );
});

test("a text that the precheck lets pass is one in which a scan finds nothing", () => {
  fc.assert(
    fc.property(text, (given) => {
      if (!mayHoldSecret(given)) expect(scanText(given)).toBe(given);
    }),
    { numRuns: 20_000 },
  );
});

test("FT.LOG.2 a secret under its name in JSON is never in what is left, however deep the JSON is quoted", () => {
  const secret = fc.string({ minLength: 1, maxLength: 12 }).map((end) => `Zq7${end}`);
  fc.assert(
    fc.property(
      secret,
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom("password", "token", "cookie"),
      (value, depth, key) => {
        let written = JSON.stringify({ user: "ada", [key]: value, n: 1 });
        for (let level = 0; level < depth; level += 1) written = JSON.stringify({ body: written });
        const left = redactor.text(`before ${written} after`);
        expect(left).not.toContain("Zq7");
        let inner: unknown = JSON.parse(left.slice("before ".length, -" after".length));
        for (let level = 0; level < depth; level += 1) inner = JSON.parse((inner as { body: string }).body);
        expect(inner).toEqual({ user: "ada", [key]: "[redacted]", n: 1 });
      },
    ),
    { numRuns: 1_000 },
  );
});

test("no text holds up who logs it: those that a scan has most to do with are done", () => {
  const units = [
    "a",
    "password=",
    "://",
    "[",
    "{",
    '"',
    "\\",
    "4111 ",
    "DE89 3704 ",
    "-----BEGIN PRIVATE KEY-----",
    "x ",
  ];
  for (const unit of [...units, "eyJ.", 'token:"', "token=[", "://x@"]) {
    const long = unit.repeat(20_000);
    for (const text of [long, `password=${long}`]) expect(scanText(scanText(text))).toBe(scanText(text));
  }
}, 30_000);
