import { catalogue } from "../../../src/errors.ts";
import type { SourceFile } from "./source-files.ts";

interface Definition {
  readonly ids: ReadonlySet<string>;
  /** The names that it mentions and might call. */
  readonly mentions: ReadonlySet<string>;
}

const idPattern = new RegExp(`\\b(?:${Object.keys(catalogue).join("|")})\\b`, "g");

/**
 * What the handler of each operation of a routes file may throw, by its operation id: the error ids that stand in it,
 * in the functions and constants that it mentions, and in theirs, doc comments included. Names are looked up in the
 * file itself and then in what it imports, through any number of indexes. What the database raises shows only where a
 * doc comment says so.
 */
export function listThrownIds(file: SourceFile, files: ReadonlyMap<string, SourceFile>): Map<string, Set<string>> {
  const operationOf = new Map(
    Array.from(
      file.text.matchAll(/^const (\w+) = define\w+Route\(\s*\{[\s\S]*?operationId: "(\w+)"/gm),
      ([, name = "", id = ""]) => [name, id],
    ),
  );
  const handlers = file.text.matchAll(/router\.openapi\((\w+), ([\s\S]*?)\n {2}\}\);|router\.openapi\((\w+), (.*)\);/g);
  return new Map(
    Array.from(handlers, ([, block = "", body = "", line = "", expression = ""]) => {
      const ids = new Set<string>();
      collect(define(body || expression), file, files, ids, new Set());
      return [operationOf.get(block || line) ?? `${file.path} ${block || line}`, ids] as const;
    }),
  );
}

function collect(
  { ids, mentions }: Definition,
  file: SourceFile,
  files: ReadonlyMap<string, SourceFile>,
  into: Set<string>,
  seen: Set<string>,
): void {
  for (const id of ids) into.add(id);
  for (const name of mentions) {
    const found = lookUp(name, file, files);
    if (found === null || seen.has(`${found.file.path} ${name}`)) continue;
    seen.add(`${found.file.path} ${name}`);
    collect(found.definition, found.file, files, into, seen);
  }
}

function lookUp(
  name: string,
  file: SourceFile,
  files: ReadonlyMap<string, SourceFile>,
): { readonly definition: Definition; readonly file: SourceFile } | null {
  const own = definitionsOf(file).get(name);
  if (own !== undefined) return { definition: own, file };
  const from = file.imports.find((found) => found.names.includes(name))?.file;
  const next = from?.startsWith("src/modules/") === true ? files.get(from) : undefined;
  return next === undefined ? null : lookUp(name, next, files);
}

const known = new WeakMap<SourceFile, Map<string, Definition>>();

const definition = new RegExp(
  [
    /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?^(?:export )?/,
    /(?:(?:async )?function (\w+)[\s\S]*?^\}$|const (\w+)[^\n]*[^;\n]\n[\s\S]*?^[}\])][^\n]*;$|const (\w+)[^\n]*;$)/,
  ]
    .map(({ source }) => source)
    .join(""),
  "gm",
);

/** The functions and constants at the top of a file, each with its doc comment. */
function definitionsOf(file: SourceFile): Map<string, Definition> {
  const cached = known.get(file);
  if (cached !== undefined) return cached;
  const found = file.text.matchAll(definition);
  const definitions = new Map(
    Array.from(found, ([text, , name, constant, line]) => [name ?? constant ?? line ?? "", define(text)]),
  );
  known.set(file, definitions);
  return definitions;
}

function define(text: string): Definition {
  const code = text.replace(/\/\*\*[\s\S]*?\*\//g, "");
  return { ids: new Set(text.match(idPattern)), mentions: new Set(code.match(/\b[A-Za-z_]\w*\b/g)) };
}
