import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** The file from the root of the repository; null for a package or a runtime's module. */
  readonly file: string | null;
  readonly typeOnly: boolean;
  /** What is imported or re-exported by name. */
  readonly names: readonly string[];
}

export interface SourceFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the contents of strings blanked out. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export function readSource(path: string, text = readFileSync(join(root, path), "utf8")): SourceFile {
  return { path, text, code: stripText(text), imports: listImports(path, text) };
}

/** The TypeScript files under some directories of the repository, sorted. */
export function listSources(...directories: readonly string[]): SourceFile[] {
  return directories
    .flatMap((directory) => [...new Bun.Glob(`${directory}/**/*.ts`).scanSync({ cwd: root })])
    .toSorted()
    .map((path) => readSource(path));
}

/** The files that stand on Bun or Node and are compiled with their types: `exclude` of tsconfig.json. */
export function isRuntimeFile(path: string): boolean {
  return runtimePaths.some((excluded) => path === excluded || path.startsWith(`${excluded}/`));
}

const runtimePaths = (Bun.JSONC.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as { exclude: string[] })
  .exclude;

const statement =
  /^(?:import|export)\s+(type\s+)?(?:([\w$]+)\s*,?\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{([^}]*)\})?\s*(?:from\s+)?"([^"]+)"(?:\s+with\s+\{[^}]*\})?;/gm;
const dynamic = /\bimport\(\s*"([^"]+)"\s*\)/g;

function listImports(path: string, text: string): Import[] {
  const code = withoutComments(text);
  const fixed = Array.from(code.matchAll(statement), ([, type, name = "", list = "", specifier = ""]): Import => {
    const items = list.split(",").map((item) => item.trim());
    const typeOnly =
      type !== undefined ||
      (name === "" && list !== "" && items.every((item) => item === "" || item.startsWith("type ")));
    const names = [name, ...items.map((item) => item.replace(/^type\s+/, "").replace(/\s+as\s+.*$/, ""))];
    return { specifier, file: resolve(path, specifier), typeOnly, names: names.filter((item) => item !== "") };
  });
  const late = Array.from(code.matchAll(dynamic), ([, specifier = ""]): Import => {
    return { specifier, file: resolve(path, specifier), typeOnly: false, names: [] };
  });
  return [...fixed, ...late];
}

function resolve(from: string, specifier: string): string | null {
  return specifier.startsWith(".") ? normalize(join(dirname(from), specifier)) : null;
}

const comment = /\/\*[\s\S]*?\*\/|(?<![:"'`\w])\/\/[^\n]*/g;

export function withoutComments(text: string): string {
  return text.replace(comment, (found) => found.replace(/[^\n]/g, " "));
}

/** Not a parser: regular expressions that quote quotes may confuse it, and then a rule finds too much, not too little. */
function stripText(text: string): string {
  return withoutComments(text).replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
}
