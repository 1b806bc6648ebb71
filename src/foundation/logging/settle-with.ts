export type Outcome = { readonly success: true } | { readonly success: false; readonly error: unknown };

/**
 * Runs a function and tells how it ended, when it returned or threw, or when the promise that it returned settled. What
 * it gives or throws is passed on; a promise is passed on as one.
 */
export function settleWith<T>(run: () => T, onEnd: (outcome: Outcome) => void): T {
  let given: T;
  try {
    given = run();
  } catch (error) {
    onEnd({ success: false, error });
    throw error;
  }
  if (!isPromiseLike(given)) {
    onEnd({ success: true });
    return given;
  }
  return settlePromise(given, onEnd) as T;
}

async function settlePromise(promise: PromiseLike<unknown>, onEnd: (outcome: Outcome) => void): Promise<unknown> {
  let given: unknown;
  try {
    given = await promise;
  } catch (error) {
    onEnd({ success: false, error });
    throw error;
  }
  onEnd({ success: true });
  return given;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
