/** An attribute of spans that were not sent as such: what they were made from. */
export const MADE_FROM = "footing.made_from";
