import type { JsonSchema } from "../../api/shared-suite/sample.ts";
import type { Dice } from "../../model/dice.ts";
import type { Draft } from "../draft.ts";
import type { World } from "../world.ts";

export interface TwistContext {
  readonly dice: Dice;
  readonly world: World;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** One way to spoil a request, or to bring it to an edge. */
export interface Twist {
  readonly name: string;
  /** Whether a request that has it must never succeed. */
  readonly refused: boolean;
  readonly fits: (draft: Draft) => boolean;
  readonly apply: (draft: Draft, context: TwistContext) => void;
}

/** In a request's secrets: no answer and no log line may have it. */
export const secretMark = "fuzz-secret-5f1c";
