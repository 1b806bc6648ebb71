/** One variable that is wrong. No field ever holds what the variable said, which may be a secret. */
export interface ConfigFault {
  /** The variable's name. */
  readonly variable: string;
  /** What is wrong with it, as the end of a sentence that its name begins. */
  readonly problem: string;
  /** What would be right. */
  readonly expected: string;
}

/** Everything that is wrong with a configuration, at once: one line of the message for each fault, and no value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const lines = faults.map(({ variable, problem, expected }) => `  ${variable} ${problem}; expected ${expected}`);
    super(
      [`The configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:`, ...lines].join("\n"),
    );
    this.faults = Object.freeze(faults.map((fault) => Object.freeze({ ...fault })));
  }
}
