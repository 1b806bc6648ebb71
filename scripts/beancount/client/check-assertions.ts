import type { ApiClient } from "../../client/api-client.ts";
import { balanceSchema } from "../../client/api-schemas.ts";
import { ImportStoppedError } from "../../client/find-book.ts";
import type { Assertion } from "../plan/plan-types.ts";
import { Exact } from "../syntax/written-number.ts";

export interface AssertionResult {
  readonly assertion: Assertion;
  /** What the API answers for the end of the day before. */
  readonly balance: string;
  readonly holds: boolean;
}

/** Asks the API for the balance that an assertion is about, and compares. */
export async function checkAssertion(
  client: ApiClient,
  bookPath: string,
  assertion: Assertion,
  accountIds: ReadonlyMap<string, string>,
): Promise<AssertionResult> {
  const id = accountIds.get(assertion.path);
  if (id === undefined) throw new ImportStoppedError([`the book has no account ${assertion.path} to check`]);
  const path = `${bookPath}/accounts/${id}/balance?as_of=${assertion.date}&descendants=true`;
  const { balances } = await client.get(path, balanceSchema);
  const balance = balances.find(({ commodity }) => commodity === assertion.commodity)?.balance ?? "0";
  return { assertion, balance, holds: isWithinTolerance(balance, assertion) };
}

/** Whether a balance is as asserted, to within the assertion's tolerance. */
export function isWithinTolerance(balance: string, { expected, tolerance }: Assertion): boolean {
  return new Exact(balance).minus(new Exact(expected)).abs().lte(new Exact(tolerance));
}
