import { afterAll, setDefaultTimeout } from "bun:test";
import { runAtEnd } from "./at-end.ts";

// Loaded before every `bun test`: it starts nothing, and ends what the tests started.
afterAll(runAtEnd, 60_000);

/** Ends a test that hangs. Machines are slow at times, and nothing here is about time. */
setDefaultTimeout(30_000);
