import { expect, test } from "bun:test";
import { isRuntimeFile, listSources } from "./support/source-files.ts";

const sources = listSources("src");
const code = [...sources, ...listSources("scripts")];
const linesMax = 300;

/** Files whose bulk is a table that is read and not followed. */
const tables = new Set(["src/domain/iso-4217.ts", "src/errors.ts"]);

test("no file is over 300 lines, and half of them are short", () => {
  const lengths = code.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }));
  expect(lengths.filter(({ lines }) => lines > linesMax)).toEqual([]);
  const sorted = lengths
    .filter(({ path }) => !tables.has(path))
    .map(({ lines }) => lines)
    .toSorted((a, b) => a - b);
  expect(sorted.length).toBeGreaterThan(100);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(75);
});

test("files are named in kebab-case, and for what they hold", () => {
  const odd = code.filter(
    ({ path }) => !/^(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)*\/)+[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.d)?\.ts$/.test(path),
  );
  expect(odd.map(({ path }) => path)).toEqual([]);
  const vague = code.filter(({ path }) => /(?:^|[/-])(?:utils?|helpers?|common|misc|shared|lib)(?:[/.-]|$)/.test(path));
  // Told apart from a drawer for odds and ends: a directory that users share.
  expect(vague.map(({ path }) => path)).toEqual(["src/foundation/db/embedded/shared-directory.ts"]);
});

test("only the files that stand on a runtime name it, and only the edge entry writes to the console", () => {
  const found = sources.flatMap(({ path, code: text }) =>
    Array.from(
      text.matchAll(/(?<![\w$.])(?:console|process|Bun|Deno|require|__dirname|__filename)(?=\s*[.([])/g),
      ([name]) => ({ path, name }),
    ),
  );
  const elsewhere = found.filter(
    ({ path, name }) => !isRuntimeFile(path) && !(path === "src/worker.ts" && name === "console"),
  );
  expect(elsewhere).toEqual([]);
  expect(found.length).toBeGreaterThan(0);
});

test("nothing is any, asserted to be there, or hidden from the compiler", () => {
  const hidden = code.flatMap(({ path, text, code: stripped }) => [
    ...Array.from(stripped.matchAll(/(?:[:<|&(,]|\bas)\s*any\b(?!\s*\()/g), ([found]) => `${path}: ${found}`),
    ...Array.from(
      text.matchAll(/@ts-(?:ignore|nocheck|expect-error)|eslint-disable|biome-ignore-all/g),
      ([found]) => `${path}: ${found}`,
    ),
  ]);
  expect(hidden).toEqual([]);
});

test("comments tell neither tickets nor history", () => {
  const found = code.flatMap(({ path, text }) =>
    Array.from(
      text.matchAll(/(?:\/\/|\*).*\b(?:TODO|FIXME|HACK|used to be|previously|issue #?\d+|#\d{2,})\b.*/g),
      ([line]) => `${path}: ${line}`,
    ),
  );
  expect(found).toEqual([]);
});

test("money is never a number: no module reads one into, or out of, floating point", () => {
  const found = sources
    .filter(({ path }) => /^src\/(?:domain|modules\/(?:journal|balances|reports|prices|accounts))\//.test(path))
    .flatMap(({ path, code: text }) =>
      Array.from(
        text.matchAll(/\b(?:parseFloat|Number\.parseFloat|Math\.(?:round|fround))\b/g),
        ([name]) => `${path}: ${name}`,
      ),
    );
  expect(found).toEqual([]);
});
