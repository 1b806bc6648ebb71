import { expect, test } from "bun:test";
import { scryptSync } from "node:crypto";
import fc from "fast-check";
import {
  createPasswordHasher,
  type DeriveKey,
  findPasswordFault,
  type ScryptCost,
} from "../../../src/foundation/auth/index.ts";

const password = "correct horse battery staple";
const cheap: ScryptCost = { logN: 4, r: 1, p: 1 };

/** A hasher that notes what each derivation was asked for, and derives for real. */
function createCounting(cost: ScryptCost) {
  const derivations: ScryptCost[] = [];
  const derive: DeriveKey = async (bytes, salt, keyLength, { logN, r, p }) => {
    derivations.push({ logN, r, p });
    return scryptSync(bytes, salt, keyLength, { N: 2 ** logN, r, p, maxmem: 2 ** 28 });
  };
  return { hasher: createPasswordHasher({ cost, derive }), derivations };
}

test("the default hash is scrypt at 32 MiB with a fresh 16-byte salt, and only its password matches it", async () => {
  const hasher = createPasswordHasher();
  const [first, second] = await Promise.all([hasher.hash(password), hasher.hash(password)]);
  expect(first).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(first).not.toBe(second);
  expect(await hasher.verify(password, first)).toEqual({ matches: true, rehashNeeded: false });
  expect(await hasher.verify(`${password}!`, first)).toEqual({ matches: false, rehashNeeded: false });
});

test("a hash is what an independent scrypt gives for its salt and parameters", async () => {
  const [, , , salt = "", key = ""] = (await createPasswordHasher({ cost: cheap }).hash(password)).split("$");
  const expected = scryptSync(password, Buffer.from(salt, "base64"), 32, { N: 16, r: 1, p: 1 });
  expect(Buffer.from(key, "base64")).toEqual(expected);
});

test("two passwords match each other's hash exactly when they are the same text in Unicode's form NFC", async () => {
  const hasher = createPasswordHasher({ cost: cheap });
  const decomposed = "crème brûlée, s'il vous plaît".normalize("NFD");
  const stored = await hasher.hash(decomposed);
  expect((await hasher.verify(decomposed.normalize("NFC"), stored)).matches).toBe(true);
  const text = fc.string({ unit: "binary", minLength: 12, maxLength: 40 }).filter((t) => findPasswordFault(t) === null);
  await fc.assert(
    fc.asyncProperty(text, text, async (one, other) => {
      const hash = await hasher.hash(one);
      expect((await hasher.verify(one, hash)).matches).toBe(true);
      expect((await hasher.verify(other, hash)).matches).toBe(one.normalize("NFC") === other.normalize("NFC"));
    }),
  );
});

test("an unknown name costs exactly what a known one does: one derivation with the same parameters", async () => {
  const { hasher, derivations } = createCounting(cheap);
  const stored = await hasher.hash(password);
  const spentOn = async (candidate: string, hash: string | null) => {
    derivations.length = 0;
    const { matches } = await hasher.verify(candidate, hash);
    return { matches, derivations: [...derivations] };
  };
  expect(await spentOn(password, stored)).toEqual({ matches: true, derivations: [cheap] });
  expect(await spentOn("wrong wrong wrong", stored)).toEqual({ matches: false, derivations: [cheap] });
  for (const candidate of [password, "wrong wrong wrong", ""]) {
    expect(await spentOn(candidate, null)).toEqual({ matches: false, derivations: [cheap] });
  }
});

test("a hash of lower cost still matches and asks to be made anew; one of higher cost does not", async () => {
  const now = createPasswordHasher({ cost: { logN: 5, r: 2, p: 2 } });
  const storedAt = (cost: ScryptCost) => createPasswordHasher({ cost }).hash(password);
  for (const weaker of [
    { logN: 4, r: 2, p: 2 },
    { logN: 5, r: 1, p: 2 },
    { logN: 5, r: 2, p: 1 },
  ]) {
    const stored = await storedAt(weaker);
    expect(await now.verify(password, stored)).toEqual({ matches: true, rehashNeeded: true });
    expect(await now.verify(`${password}!`, stored)).toEqual({ matches: false, rehashNeeded: false });
  }
  for (const cost of [
    { logN: 5, r: 2, p: 2 },
    { logN: 6, r: 3, p: 2 },
  ]) {
    expect(await now.verify(password, await storedAt(cost))).toEqual({ matches: true, rehashNeeded: false });
  }
});

test("a password has 12 to 256 characters, counted as code points after normalisation", async () => {
  const faultOf = (text: string) => findPasswordFault(text);
  for (const text of ["a".repeat(12), "a".repeat(256), "💶".repeat(12), "💶".repeat(256), " ".repeat(12)]) {
    expect(faultOf(text)).toBeNull();
  }
  for (const text of ["", "a".repeat(11), "💶".repeat(11), "e\u0301".repeat(11)]) {
    expect(faultOf(text)).toBe("must have at least 12 characters");
  }
  // U+1D160 is three characters in the form NFC.
  for (const text of ["a".repeat(257), "💶".repeat(257), "\u{1D160}".repeat(86)]) {
    expect(faultOf(text)).toBe("must have at most 256 characters");
  }
  expect(faultOf("e\u0301".repeat(256))).toBeNull();
  const hasher = createPasswordHasher({ cost: cheap });
  await expect(hasher.hash("a".repeat(11))).rejects.toThrow(RangeError);
});

test("a stored text that is no hash, or asks for absurd work, is a fault and not a mismatch", async () => {
  const { hasher, derivations } = createCounting(cheap);
  const salt = "A".repeat(22);
  const key = "A".repeat(43);
  for (const stored of [
    "",
    password,
    `$scrypt$ln=15,r=8$${salt}$${key}`,
    `$scrypt$ln=0,r=8,p=1$${salt}$${key}`,
    `$scrypt$ln=30,r=8,p=1$${salt}$${key}`,
    `$scrypt$ln=18,r=99,p=1$${salt}$${key}`,
    `$scrypt$ln=15,r=8,p=3$${salt}$`,
    `$argon2id$ln=15,r=8,p=3$${salt}$${key}`,
  ]) {
    await expect(hasher.verify(password, stored)).rejects.toThrow(/^a stored password hash/);
  }
  expect(derivations).toEqual([]);
});

test("no more derivations run at once than allowed, and none is lost", async () => {
  let running = 0;
  let peak = 0;
  const derive: DeriveKey = async (_bytes, _salt, keyLength) => {
    running += 1;
    peak = Math.max(peak, running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
    return new Uint8Array(keyLength);
  };
  const hasher = createPasswordHasher({ cost: cheap, derive, concurrency: 3 });
  const hashes = await Promise.all(Array.from({ length: 20 }, () => hasher.hash(password)));
  expect(new Set(hashes).size).toBe(20);
  expect(peak).toBe(3);
});
