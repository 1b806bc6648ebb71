import { bodyTwists } from "./body.ts";
import { framingTwists } from "./framing.ts";
import { headerTwists } from "./headers.ts";
import { rawBodyTwists } from "./raw-body.ts";
import { targetTwists } from "./target.ts";
import type { Twist } from "./twist.ts";

/** Weighted by how often they come: what a schema says of a field is spoiled most. */
export const twists: readonly Twist[] = [
  ...Array.from({ length: 10 }, () => bodyTwists).flat(),
  ...Array.from({ length: 5 }, () => targetTwists).flat(),
  ...Array.from({ length: 4 }, () => headerTwists).flat(),
  ...Array.from({ length: 2 }, () => rawBodyTwists).flat(),
  ...framingTwists,
];
