import { AppError } from "../../errors.ts";
import { GateFullError } from "../../foundation/auth/index.ts";

/** Work with a password. @throws PASSWORD_CHECK_BUSY when too many passwords are being checked; what the work throws. */
export async function unlessBusy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GateFullError) throw new AppError("PASSWORD_CHECK_BUSY", { cause: error });
    throw error;
  }
}
