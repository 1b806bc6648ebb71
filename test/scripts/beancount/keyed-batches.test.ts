import { expect, test } from "bun:test";
import { keyBatches } from "../../../scripts/beancount/client/keyed-batches.ts";

const bookId = "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10";
const planned = (body: unknown, line = 1) => ({ file: "book.beancount", line, body });
const entries = (count: number, last: unknown = { n: "last" }) => [
  ...Array.from({ length: count - 1 }, (_, n) => planned({ n, same: "x" })),
  planned(last),
];
const keysOf = async (...parameters: Parameters<typeof keyBatches>) =>
  (await keyBatches(...parameters)).map(({ key }) => key);

test("keys are the same in every run of the same list, one to a batch, and as the API takes them", async () => {
  const keys = await keysOf(bookId, "entries", entries(2500));
  expect(keys).toEqual(await keysOf(bookId, "entries", entries(2500)));
  expect(new Set(keys).size).toBe(3);
  for (const key of keys) expect(key).toMatch(/^[\x21-\x7e]{1,255}$/);
});

test("a change anywhere in the list, another book and another kind leave no key in common", async () => {
  const keys = new Set(await keysOf(bookId, "entries", entries(2500)));
  const others = [
    ...(await keysOf(bookId, "entries", entries(2500, { n: "other" }))),
    ...(await keysOf(bookId, "entries", entries(2501))),
    ...(await keysOf(bookId.replace("0198", "0199"), "entries", entries(2500))),
    ...(await keysOf(bookId, "prices", entries(2500))),
  ];
  expect(others.filter((key) => keys.has(key))).toEqual([]);
});

test("layout does not matter: neither the order of a body's keys nor the place in the file", async () => {
  expect(await keysOf(bookId, "prices", [planned({ a: "1", b: "2" }, 1)])).toEqual(
    await keysOf(bookId, "prices", [planned({ b: "2", a: "1" }, 9)]),
  );
});
