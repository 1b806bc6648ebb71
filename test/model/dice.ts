import fc from "fast-check";

/** Choices drawn beforehand, so that a run can be repeated and shrunk: smaller numbers are plainer choices. */
export class Dice {
  #thrown = 0;
  readonly #numbers: readonly number[];

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** 0 to `count` − 1. */
  below(count: number): number {
    const round = Math.floor(this.#thrown / this.#numbers.length);
    const number = (this.#numbers[this.#thrown % this.#numbers.length] ?? 0) + round * 7919;
    this.#thrown += 1;
    return number % count;
  }

  of<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new Error("there is nothing to choose from");
    return choices[this.below(choices.length)] as T;
  }

  /** Never for the plainest number. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  maybe<T>(percent: number, choices: readonly T[]): T | undefined {
    return this.chance(percent) && choices.length > 0 ? this.of(choices) : undefined;
  }
}

const thrown = (length: number) =>
  fc.array(fc.noBias(fc.nat({ max: 2 ** 20 })), { minLength: length, maxLength: length });

/** The kinds of write that come first are those that post and void. */
export const postingKinds = 8;

/** A kind of write, and the choices that make it one. */
export interface Intent {
  readonly kind: number;
  readonly dice: readonly number[];
}

/** What happens between two looks at the book: clients that write at the same time, each its own list in its order. */
export interface Step {
  readonly clients: readonly (readonly Intent[])[];
  /** How far the clock goes on before. */
  readonly tick: number;
  /** Where a connection to the database is lost, if any. */
  readonly cut: { readonly pieces: number; readonly when: "before" | "after" } | null;
  readonly looks: readonly (readonly number[])[];
}

const intentsBelow = (kinds: number): fc.Arbitrary<Intent> =>
  fc.record({ kind: fc.noBias(fc.nat({ max: kinds - 1 })), dice: thrown(40) });
const anything = intentsBelow(2 ** 20);
const one = anything.map((intent) => [[intent]]);
const several = fc.array(fc.array(anything, { minLength: 1, maxLength: 3 }), {
  minLength: 2,
  maxLength: 8,
  size: "max",
});
/** Clients that all post, and void, on the same few accounts. */
const contending = fc.array(fc.array(intentsBelow(postingKinds), { minLength: 2, maxLength: 4 }), {
  minLength: 4,
  maxLength: 8,
  size: "max",
});

const cuts = fc.record({ pieces: fc.nat({ max: 9 }), when: fc.constantFrom("before" as const, "after" as const) });

/** Runs of up to 80 steps, one in ten of them a round of several clients. */
export const runs: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    clients: fc.oneof(
      { weight: 18, arbitrary: one },
      { weight: 1, arbitrary: several },
      { weight: 1, arbitrary: contending },
    ),
    tick: fc.noBias(fc.nat({ max: 99 })),
    cut: fc.oneof({ weight: 14, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: cuts }),
    looks: fc.array(thrown(12), { minLength: 2, maxLength: 6, size: "max" }),
  }),
  { minLength: 1, maxLength: 80, size: "max" },
);
