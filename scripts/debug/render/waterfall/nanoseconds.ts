export const compare = (a: bigint, b: bigint): number => Number(a > b) - Number(a < b);

/** What `Math.min` and `Math.max` are for numbers. */
export const earlier = (a: bigint, b: bigint): bigint => (compare(a, b) <= 0 ? a : b);
export const later = (a: bigint, b: bigint): bigint => (compare(a, b) >= 0 ? a : b);
