import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** A book that somebody else wrote; it lies beside the project and is not part of it. */
export const FIXTURE = resolve(import.meta.dir, "../../../../../shared/fixtures/beancount/example.beancount");

/** Why tests of the fixture are skipped; null when they are not. */
export const FIXTURE_ABSENT = existsSync(FIXTURE) ? null : `absent: ${FIXTURE}`;
