import { z } from "zod";
import { ApiClient } from "../client/api-client.ts";
import { ApiRefusedError, ApiUnavailableError } from "../client/api-errors.ts";
import { findBookId, ImportStoppedError } from "../client/find-book.ts";
import { ProgressLine, type ProgressStream } from "../client/progress.ts";
import { toAccountBody } from "./bodies.ts";
import { BookWriter, keyOf } from "./book-writer.ts";
import { type Command, type ImportCommand, USAGE } from "./command-line.ts";
import { formatCounts, type ImportProgress, noCounts } from "./import-progress.ts";
import { ExportFault, readExport } from "./read-export.ts";
import { readLines } from "./read-lines.ts";
import { RecordImporter } from "./record-importer.ts";
import { type Survey, surveyExport } from "./survey-export.ts";

export interface CommandStreams {
  readonly out: { write(text: string): unknown };
  readonly err: ProgressStream;
}

/** Carries a command out; gives the exit status. Progress and faults go to `err`, the summary to `out`. */
export async function runCommand(command: Command, { out, err }: CommandStreams): Promise<0 | 1 | 2> {
  if (command.kind === "help") {
    out.write(USAGE);
    return 0;
  }
  if (command.kind === "wrong") {
    err.write(`${command.message}\n\n${USAGE}`);
    return 2;
  }
  const survey = await readThrough(command.file, err);
  if (survey === null) return 2;
  out.write(`book      ${command.file}: ${formatCounts(survey.counts) || "nothing"}\n`);
  const progress = { imported: noCounts(), replayed: noCounts() };
  const isEnded = await send(command, survey, progress, new ProgressLine(err));
  out.write(`imported  ${formatCounts(progress.imported) || "nothing"}\n`);
  const replayed = formatCounts(progress.replayed);
  if (replayed !== "") out.write(`replayed  ${replayed}: sent before, and not added again\n`);
  return isEnded ? 0 : 1;
}

async function readThrough(file: string, err: ProgressStream): Promise<Survey | null> {
  try {
    return await surveyExport(file);
  } catch (error) {
    const isKnown = error instanceof ExportFault || (error instanceof Error && "code" in error);
    if (!isKnown) throw error;
    err.write(`cannot import ${file}: ${error.message}\n`);
    return null;
  }
}

/** Sends the book; false, and said why, when it stopped before its end. */
async function send(
  command: ImportCommand,
  survey: Survey,
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
    await assertEmptyOrBegun(client, bookId, survey);
    const onProgress = (step: string, done: number, total: number): void => line.update(step, done, total);
    const { digest, counts: totals } = survey;
    const importer = new RecordImporter(new BookWriter({ client, bookId, digest, totals, progress, onProgress }));
    for await (const item of readExport(readLines(command.file))) await importer.take(item);
    await importer.finish();
    return true;
  } catch (error) {
    for (const reason of reasonsOf(error)) line.say(reason);
    return false;
  } finally {
    line.end();
  }
}

/**
 * Lets the import into a book without accounts, and into one where an earlier run of the same file began: there the API
 * has the first account under its key, which a dry run tells.
 * @throws ImportStoppedError for any other book; nothing was written to it
 */
async function assertEmptyOrBegun(client: ApiClient, bookId: string, survey: Survey): Promise<void> {
  const { items } = await client.get(`/books/${bookId}/accounts?limit=1`, z.object({ items: z.array(z.unknown()) }));
  if (items.length === 0 || (await isBegun(client, bookId, survey))) return;
  throw new ImportStoppedError([
    "the book has accounts already, and they are not known to come from an earlier run of this file with this API key",
    "go on with the file and the key that it was begun with (for 30 days), or use an empty book",
  ]);
}

async function isBegun(client: ApiClient, bookId: string, { digest, firstAccount }: Survey): Promise<boolean> {
  if (firstAccount === null) return false;
  const path = `/books/${bookId}/accounts?dry_run=true`;
  const write = { path, key: keyOf(digest, "accounts", 1), body: toAccountBody(firstAccount) };
  try {
    return (await client.post(write, z.unknown())).isReplay;
  } catch (error) {
    if (error instanceof ApiRefusedError && [409, 422].includes(error.problem.status)) return false;
    throw error;
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
