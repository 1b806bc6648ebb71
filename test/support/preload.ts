import { afterAll } from "bun:test";
import { runAtEnd } from "./at-end.ts";

// Loaded before every `bun test`: it starts nothing, and ends what the tests started.
afterAll(runAtEnd, 60_000);
