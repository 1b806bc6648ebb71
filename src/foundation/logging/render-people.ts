import { escapeControls } from "./escape-controls.ts";
import { formatTime } from "./format-time.ts";
import type { LogLevel } from "./log-level.ts";
import type { LogRecord } from "./log-record.ts";

const reset = "\u001b[0m";
const dim = "\u001b[2m";
const bold = "\u001b[1m";
const colours: Readonly<Record<LogLevel, string>> = {
  trace: "\u001b[90m",
  debug: "\u001b[36m",
  info: "\u001b[32m",
  warn: "\u001b[33m",
  error: "\u001b[31m",
  fatal: "\u001b[1;97;41m",
};
const levelWidth = 5;
const messageWidth = 32;

/**
 * Makes a renderer for people: `12:30:45.678 INFO  message   field=value …` in UTC, the columns aligned; stacks follow
 * on lines of their own, each behind a bar, so that no text can pass for a line of the log.
 */
export function createPeopleRenderer(options: { readonly colour: boolean }): (record: LogRecord) => string {
  const paint = (code: string, text: string): string => (options.colour ? code + text + reset : text);
  return ({ timeMs, level, message, fields }) => {
    const stacks: string[] = [];
    const texts = Object.keys(fields).map((key) => {
      const value = takeStacks(fields[key], stacks);
      return `${paint(dim, `${escapeControls(key)}=`)}${describe(value)}`;
    });
    const time = paint(dim, formatTime(timeMs).slice(11, -1));
    const name = paint(colours[level], level.toUpperCase().padEnd(levelWidth));
    const said = paint(bold, escapeControls(message).padEnd(texts.length > 0 ? messageWidth : 0));
    const bar = paint(dim, "│");
    const below = stacks.flatMap((stack) => stack.split("\n")).map((line) => `\n    ${bar} ${escapeControls(line)}`);
    return `${time} ${name} ${said}${texts.length > 0 ? " " : ""}${texts.join(" ")}${below.join("")}`;
  };
}

/** An error's description without its stacks, its own and its causes', which are put aside. */
function takeStacks(value: unknown, stacks: string[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const rest: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === "stack" && typeof inner === "string") stacks.push(inner);
    else rest[key] = takeStacks(inner, stacks);
  }
  return rest;
}

const plainWord = /^[^\s"'=]+$/;

function describe(value: unknown): string {
  if (typeof value !== "string") return escapeControls(JSON.stringify(value) ?? "");
  const text = escapeControls(value);
  return plainWord.test(text) ? text : JSON.stringify(text).replaceAll("\\\\u", "\\u");
}
