import { afterAll, beforeAll, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { createPlantedBook, type PlantedBook, plant } from "../api/verify/planted-book.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { superuserUrl } from "../support/database.ts";
import { withScratchDirectory } from "../support/scratch-directory.ts";

const script = fileURLToPath(new URL("../../scripts/verify.ts", import.meta.url));

let app: TestApp;
let superuser: postgres.Sql;
let books: PlantedBook[];
beforeAll(async () => {
  app = await createTestApp();
  superuser = postgres(await superuserUrl(app.database.name), { max: 1, fetch_types: false });
  books = [await createPlantedBook(app), await createPlantedBook(app), await createPlantedBook(app)];
});
afterAll(async () => {
  await superuser.end();
  await app.close();
});

/** In a directory without an `.env`. */
function run(env: Readonly<Record<string, string>>) {
  return withScratchDirectory(async (directory) => {
    const child = Bun.spawn([process.execPath, script], {
      cwd: directory,
      env: { PATH: process.env["PATH"] ?? "", ...env },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { exitCode: await child.exited, lines: output.split("\n").filter(Boolean), errors };
  });
}

const isSound = ({ bookId }: PlantedBook) => `${bookId} ok: 2 entries, 4 lines, 6 accounts`;
const linesOf = (lines: readonly string[]) => lines.toSorted();

test("says of every book that it is sound, and ends with 0", async () => {
  const { exitCode, lines, errors } = await run({ DATABASE_URL: app.database.apiUrl });
  expect({ exitCode, lines, errors }).toEqual({ exitCode: 0, lines: linesOf(books.map(isSound)), errors: "" });
});

test("names what is broken in the book where it is, and ends with 1", async () => {
  const [first, broken, last] = books;
  if (first === undefined || broken === undefined || last === undefined) throw new Error("there are three books");
  await plant(superuser, broken, {
    planting: async (sql, { plainId, bookId }) => {
      await sql`update ledger.lines set date = '2024-01-02' where entry_id = ${plainId} and position = 1`;
      await sql`delete from ledger.commodities where book_id = ${bookId}`;
    },
  });
  const { exitCode, lines } = await run({ DATABASE_URL: app.database.apiUrl });
  const found = `${broken.bookId} failed: lines_dated 1, totals_equal_lines 2, amounts_fit_places 1`;
  expect({ exitCode, lines }).toEqual({ exitCode: 1, lines: linesOf([isSound(first), found, isSound(last)]) });
});

test("ends with 2 and says what it needs where no database is configured, or none answers", async () => {
  const unset = await run({});
  expect(unset).toMatchObject({ exitCode: 2, lines: [], errors: expect.stringContaining("DATABASE_URL is not set") });
  const silent = await run({ DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" });
  expect(silent).toMatchObject({ exitCode: 2, lines: [], errors: expect.stringContaining("ECONNREFUSED") });
});
