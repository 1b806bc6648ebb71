import { z } from "@hono/zod-openapi";
import { responseSchema } from "../../foundation/http/pagination.ts";
import { commoditySchema, dateSchema, uuidSchema } from "../schemas.ts";

export const verifyParamsSchema = z.strictObject({ book_id: uuidSchema });

export const INVARIANT_NAMES = [
  "entries_balance",
  "lines_dated",
  "weights",
  "totals_equal_lines",
  "book_sums_to_zero",
  "amounts_fit_places",
  "lines_within_account_dates",
  "balances_equal_lines",
  "voids_mirror",
  "posted_unchanged",
  "closed_periods_kept",
] as const;

export type InvariantName = (typeof INVARIANT_NAMES)[number];

const invariantNameSchema = z.enum(INVARIANT_NAMES).openapi({
  description: [
    "- `entries_balance`: a posted entry has two lines or more, and its debits equal its credits exactly in each weight commodity. Counted by entry.",
    "- `lines_dated`: a line has its entry's date. Counted by line.",
    "- `weights`: a line's weight is its amount times its unit price, in the price's commodity; without a price the amount itself. Counted by line.",
    "- `totals_equal_lines`: the totals that balances and reports are read from are the sums of the posted lines; none is missing and none stands without lines. Counted by total.",
    "- `book_sums_to_zero`: all posted lines together have equal debits and credits. Counted by weight commodity.",
    "- `amounts_fit_places`: an amount has no more decimal places than its commodity, except on a `rounding` line or a draft's. Counted by line.",
    "- `lines_within_account_dates`: a line is dated within the days on which its account is open, except a draft's. Counted by line.",
    "- `balances_equal_lines`: the balances that a posting answers are the sums of the posted lines. Counted by balance.",
    "- `voids_mirror`: a voided entry and the one that reverses it name each other; the reversal is not earlier, has the same lines with the sides swapped, and is not voided itself. Counted by entry.",
    "- `posted_unchanged`: a posted entry is what was posted, header and lines, by the digest that was kept of it. Counted by entry.",
    "- `closed_periods_kept`: nothing inside a closed period was recorded while its close stood. Counted by entry.",
  ].join("\n"),
});

const statusSchema = z.enum(["ok", "failed"]);

const violationSchema = responseSchema({
  entry_id: uuidSchema.optional(),
  position: z.int().optional().openapi({ description: "Of the line in its entry, from 0." }),
  account_id: uuidSchema.optional(),
  commodity: commoditySchema.optional(),
  date: dateSchema.optional(),
  detail: z.string().openapi({ example: "USD: debits exceed credits by 0.01." }),
}).openapi("Violation");

const invariantSchema = responseSchema({
  name: invariantNameSchema,
  status: statusSchema,
  violations: z.int().openapi({ description: "All of them." }),
  examples: z.array(violationSchema).openapi({ description: "The first ten." }),
}).openapi("Invariant");

export const verificationSchema = responseSchema({
  status: statusSchema.openapi({ description: "`ok` when every invariant holds." }),
  checked: responseSchema({ entries: z.int(), lines: z.int(), accounts: z.int() }),
  invariants: z.array(invariantSchema).openapi({ description: "Every one, always in the same order." }),
}).openapi("Verification");
