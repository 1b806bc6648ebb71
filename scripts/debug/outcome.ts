/** How a run ends, and the exit status that says so. */
export const exitStatus = {
  found: 0,
  nothing: 1,
  usage: 2,
  unauthorised: 3,
  unreachable: 4,
  serverError: 5,
  tooOld: 6,
} as const;

export type Outcome = keyof typeof exitStatus;

/** Why there is no answer. The message is for whoever ran the command; no credential is ever in it. */
export class DebugError extends Error {
  override readonly name: string = "DebugError";
  readonly outcome: Exclude<Outcome, "found">;
  /** What to do about it. */
  readonly remedy: string | null;

  constructor(outcome: Exclude<Outcome, "found">, message: string, remedy: string | null = null) {
    super(message);
    this.outcome = outcome;
    this.remedy = remedy;
  }
}
