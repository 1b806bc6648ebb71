import { cp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sql } from "postgres";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** `book_id = ${bookId}`, `a.book_id = l.book_id`, `book_id = p_book_id`: in SQL, whatever it is held against. */
const inSql = /(?:\b\w+\.)?\bbook_id = (?:\$\{[^}]+\}|[\w.]+)/g;
/** `eq(lines.bookId, bookId)`: as drizzle writes it. */
const inDrizzle = /\beq\((?:\w+\.bookId|book), [\w.]+\)/g;
/** What would be such a condition however it were written: nothing of it may stay. */
const anyCondition = /book_id\s*(?:=|in\b|<>|is\b)|\b\w+\(\s*(?:\w+\.bookId|book)\s*,/i;

/** Tables of identity are outside the wall: they say who may enter which book. */
const beforeTheWall = /\/modules\/(?:auth|books)\//;

export interface Stripped {
  /** The entry file of the build. */
  readonly entry: string;
  /** How many conditions were taken out, by file. */
  readonly taken: Readonly<Record<string, number>>;
  /** Lines of its repositories that still have one. */
  readonly left: readonly string[];
}

/** Makes the application anew in a directory, with no condition on the book in any repository of what is in books. */
export async function buildWithoutBookConditions(directory: string): Promise<Stripped> {
  for (const name of ["src", "migrations"]) await cp(join(root, name), join(directory, name), { recursive: true });
  for (const name of ["node_modules", "assets", "package.json"]) await symlink(join(root, name), join(directory, name));
  const files = await readdir(join(directory, "src/modules"), { recursive: true });
  const taken: Record<string, number> = {};
  const left: string[] = [];
  for (const name of files.filter((file) => /repository\.ts$/.test(file)).toSorted()) {
    const path = join(directory, "src/modules", name);
    if (beforeTheWall.test(path)) continue;
    const { text, count } = strip(await readFile(path, "utf8"));
    await writeFile(path, text);
    if (count > 0) taken[name] = count;
    left.push(...text.split("\n").filter((line) => anyCondition.test(line)));
  }
  return { entry: join(directory, "src/server.ts"), taken, left };
}

/** Takes them out of the ledger's own functions in a database as well; gives how many, by function. */
export async function stripFunctions(owner: Sql): Promise<Readonly<Record<string, number>>> {
  const functions = await owner<{ name: string; text: string }[]>`
    select proname as name, pg_get_functiondef(oid) as text from pg_proc
    where pronamespace = 'ledger'::regnamespace and prokind = 'f' and prorettype <> 'trigger'::regtype order by 1`;
  const taken: Record<string, number> = {};
  for (const { name, text: before } of functions) {
    const { text, count } = strip(before);
    if (count === 0) continue;
    await owner.unsafe(text);
    taken[name] = count;
  }
  return taken;
}

function strip(before: string): { readonly text: string; readonly count: number } {
  let count = 0;
  const text = before
    .replaceAll(inSql, () => {
      count += 1;
      return "true";
    })
    .replaceAll(inDrizzle, () => {
      count += 1;
      return "undefined";
    });
  return { text, count };
}
