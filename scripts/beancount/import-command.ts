import { ApiClient } from "../client/api-client.ts";
import { ApiRefusedError, ApiUnavailableError } from "../client/api-errors.ts";
import { findBookId, ImportStoppedError } from "../client/find-book.ts";
import { ProgressLine, type ProgressStream } from "../client/progress.ts";
import { emptyProgress, type ImportProgress } from "./client/import-progress.ts";
import { runImport } from "./client/run-import.ts";
import { type Command, type ImportCommand, USAGE } from "./command-line.ts";
import { planImport } from "./plan/plan-import.ts";
import type { ImportPlan } from "./plan/plan-types.ts";
import { formatPlan, formatProgress, isComplete } from "./summary.ts";
import { formatFault } from "./syntax/fault.ts";
import { type Book, loadBook } from "./syntax/load-book.ts";

export interface CommandStreams {
  readonly out: { write(text: string): unknown };
  readonly err: ProgressStream;
}

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** Carries a command out. Progress and faults go to `err`, the summary to `out`. */
export async function runCommand(command: Command, { out, err }: CommandStreams): Promise<ExitStatus> {
  if (command.kind === "help") {
    out.write(USAGE);
    return EXIT.done;
  }
  if (command.kind === "wrong") {
    err.write(`${command.message}\n\n${USAGE}`);
    return EXIT.usage;
  }
  const book = await readBook(command.file, err);
  if (!book) return EXIT.usage;
  const plan = planImport(book);
  for (const fault of plan.faults) err.write(`${formatFault(fault)}\n`);
  out.write(`${formatPlan(plan).join("\n")}\n`);
  if (plan.faults.length > 0) {
    out.write(`faults          ${plan.faults.length}; nothing was sent\n`);
    return EXIT.failed;
  }
  if (command.kind === "dry-run") return EXIT.done;
  const progress = emptyProgress();
  const isEnded = await send(command, plan, progress, new ProgressLine(err));
  out.write(`${formatProgress(progress).join("\n")}\n`);
  return isEnded && isComplete(plan, progress) ? EXIT.done : EXIT.failed;
}

async function readBook(file: string, err: ProgressStream): Promise<Book | null> {
  try {
    return await loadBook(file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    err.write(`cannot read ${file}: ${error.message}\n`);
    return null;
  }
}

/** Sends the plan; false, and said why, when it stopped before its end. */
async function send(
  command: ImportCommand,
  plan: ImportPlan,
  progress: ImportProgress,
  line: ProgressLine,
): Promise<boolean> {
  const client = new ApiClient({
    url: command.url,
    apiKey: command.apiKey,
    onWait: (reason, waitMs) => line.say(`waiting ${Math.ceil(waitMs / 1000)} s: ${reason}`),
  });
  try {
    const bookId = await findBookId(client, command.bookId);
    const onProgress = (step: string, done: number, total: number): void => line.update(step, done, total);
    await runImport(client, plan, { bookId, append: command.append, onProgress }, progress);
    return true;
  } catch (error) {
    for (const reason of reasonsOf(error)) line.say(reason);
    return false;
  } finally {
    line.end();
  }
}

function reasonsOf(error: unknown): readonly string[] {
  if (error instanceof ImportStoppedError) return error.reasons;
  if (error instanceof ApiRefusedError) return [error.message];
  if (error instanceof ApiUnavailableError) {
    return [error.message, "run the same command again: it goes on from here, and adds nothing twice"];
  }
  throw error;
}
