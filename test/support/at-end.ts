type Step = () => Promise<unknown>;

const steps: Step[] = [];

/** Has something closed once the last test of the run is done, last registered first. */
export function atEnd(step: Step): void {
  steps.push(step);
}

export async function runAtEnd(): Promise<void> {
  const faults: unknown[] = [];
  for (const step of steps.splice(0).reverse()) await step().catch((fault: unknown) => faults.push(fault));
  if (faults.length > 0) throw new AggregateError(faults, "the test run did not clean up after itself");
}
