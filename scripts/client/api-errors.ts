import { z } from "zod";

/** The API refused a request: nothing was written. */
export class ApiRefusedError extends Error {
  override readonly name = "ApiRefusedError";
  readonly problem: Problem;

  constructor(what: string, problem: Problem) {
    super(`${what} was refused: ${formatProblem(problem)}`);
    this.problem = problem;
  }
}

/** The API could not be asked, or did not answer as this API does. A write may have been carried out, or not. */
export class ApiUnavailableError extends Error {
  override readonly name = "ApiUnavailableError";
}

const problemSchema = z.object({
  status: z.int(),
  title: z.string().optional(),
  detail: z.string().optional(),
  error_id: z.string().optional(),
  request_id: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string().optional(), detail: z.string().optional() })).optional(),
});

/** The parts of an RFC 9457 body that are shown or decided upon. */
export type Problem = z.infer<typeof problemSchema>;

/** Reads an error's body; one that is no problem document leaves the status alone. */
export function parseProblem(status: number, text: string): Problem {
  const parsed = problemSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : { status };
}

/** The value of a JSON text; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function formatProblem({ status, error_id, title, detail, request_id }: Problem): string {
  const id = request_id === undefined ? "" : ` (request ${request_id})`;
  return [status, error_id, detail ?? title].filter((part) => part !== undefined).join(" ") + id;
}
