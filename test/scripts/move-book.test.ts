import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { parseCommand as parseBeancount } from "../../scripts/beancount/command-line.ts";
import { runCommand as runBeancount } from "../../scripts/beancount/import-command.ts";
import { parseCommand as parseJson } from "../../scripts/json/command-line.ts";
import { runCommand as runJson } from "../../scripts/json/import-command.ts";
import { type ApiProcess, startApi } from "../support/api-process.ts";
import { openTemporaryDirectory } from "../support/scratch-directory.ts";
import { FIXTURE, FIXTURE_ABSENT } from "./beancount/support/fixture.ts";
import { hostileBooks } from "./support/hostile-book.ts";
import { fillBook, openBook, type RemoteBook, reportsOf, saveExport, withoutIds } from "./support/moved-book.ts";

let directory: string;
let api: ApiProcess;
beforeAll(async () => {
  directory = await mkdtemp(join(openTemporaryDirectory(), "footing-move-"));
  await chmod(directory, 0o755);
  api = await startApi({ cwd: directory, env: { API_RATE_LIMIT_REQUESTS: "1000000" } });
}, 60_000);
afterAll(async () => {
  await api.end("SIGTERM");
  await rm(directory, { recursive: true, force: true });
}, 30_000);

/** Imports a file into a book; gives what was told of it. */
async function importInto(book: RemoteBook, file: string, format: "json" | "beancount") {
  const told = { out: "", err: "" };
  const streams = {
    out: { write: (text: string) => (told.out += text) },
    err: { write: (text: string) => (told.err += text) },
  };
  const args = [file, "--url", api.url];
  const env = { FOOTING_API_KEY: book.key };
  const status =
    format === "json"
      ? await runJson(parseJson(args, env), streams)
      : await runBeancount(parseBeancount(args, env), streams);
  return { status, ...told };
}

async function moveBook(book: RemoteBook, format: "json" | "beancount") {
  const file = join(directory, `moved.${format}`);
  const text = await saveExport(book, format, file);
  const moved = await openBook(api.url);
  const told = await importInto(moved, file, format);
  expect({ ...told, out: told.status === 0 ? "" : told.out + text }).toMatchObject({ status: 0, out: "" });
  return { text, moved, file };
}

describe.skipIf(FIXTURE_ABSENT !== null)("a real book (needs the fixture)", () => {
  test("is imported, exported and imported again: its reports are equal, and a second import adds nothing", async () => {
    const book = await openBook(api.url);
    expect(await importInto(book, FIXTURE, "beancount")).toMatchObject({ status: 0 });
    const before = await reportsOf(book);
    for (const format of ["beancount", "json"] as const) {
      const { moved, file } = await moveBook(book, format);
      expect(await reportsOf(moved)).toEqual(before);
      expect(await importInto(moved, file, format)).toMatchObject({ status: 0 });
      expect(await reportsOf(moved)).toEqual(before);
    }
  }, 120_000);
});

describe("a file that was cut off", () => {
  test("is neither JSON nor a beancount file without faults, wherever it was cut, and nothing of it is sent", async () => {
    const book = await openBook(api.url);
    const [drawn] = fc.sample(hostileBooks, { numRuns: 1, seed: 7 });
    if (drawn === undefined) throw new Error("nothing was drawn");
    await fillBook(book, drawn);
    for (const format of ["json", "beancount"] as const) {
      const file = join(directory, `whole.${format}`);
      const text = await saveExport(book, format, file);
      const ends = [0, 1, 200, Math.floor(text.length / 2), text.lastIndexOf("\n", text.length - 2) + 1];
      const lineEnds = [...text.matchAll(/\n/g)].map(({ index }) => index + 1).filter((end) => end < text.length);
      for (const end of [...ends, ...lineEnds.filter((_, index) => index % 7 === 0)]) {
        await writeFile(file, text.slice(0, end));
        const empty = { ...book, key: "ftg_nobody" };
        const { status, out } = await importInto(empty, file, format);
        if (format === "json") expect({ end, status }).toEqual({ end, status: 2 });
        else if (text.slice(0, end).includes("pushmeta")) {
          expect({ end, status, out }).toEqual({ end, status: 1, out: expect.stringContaining("nothing was sent") });
        }
      }
    }
  }, 60_000);
});

/** What is the same in two exports of one book. */
const contentOf = (text: string) => {
  const { book: _b, exported: _e, ...content } = JSON.parse(text);
  return withoutIds(content);
};

/** The entries that count, by date: how a beancount file has them. */
function postedOf(text: string) {
  const { entries } = JSON.parse(text) as { entries: { status: string; date: string }[] };
  const posted = entries.filter(({ status }) => status !== "draft");
  return withoutIds(posted.sort((left, right) => (left.date < right.date ? -1 : left.date > right.date ? 1 : 0)));
}

describe("a book that is exported and imported into an empty one", () => {
  test("comes back equal in both formats, whatever it is called and however fine its amounts are", async () => {
    await fc.assert(
      fc.asyncProperty(hostileBooks, async (drawn) => {
        const book = await openBook(api.url);
        await fillBook(book, drawn);
        const before = await reportsOf(book);
        const json = await moveBook(book, "json");
        expect(contentOf(await json.moved.text("json"))).toEqual(contentOf(json.text));
        const beancount = await moveBook(book, "beancount");
        for (const { moved } of [json, beancount]) {
          expect(await reportsOf(moved)).toEqual(before);
          expect(await moved.send("GET", "/verify")).toMatchObject({ status: "ok" });
        }
        expect(postedOf(await beancount.moved.text("json"))).toEqual(postedOf(json.text));
      }),
      { numRuns: 12 },
    );
  }, 300_000);
});
