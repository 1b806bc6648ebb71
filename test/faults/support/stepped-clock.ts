import { readFileSync } from "node:fs";

// Loaded into the server's process before it starts (`--preload`): on SIGUSR2 the clock that it sees jumps by the
// milliseconds that stand in CLOCK_OFFSET_FILE. What counts time and not the hour (`performance.now`, timers) goes on, as it does
// where a machine's clock is set.
const { CLOCK_OFFSET_FILE } = process.env;
let offsetMs = 0;
process.on("SIGUSR2", () => {
  offsetMs = Number(readFileSync(String(CLOCK_OFFSET_FILE), "utf8"));
  process.stdout.write(`clock ${offsetMs}\n`);
});

const now = () => RealDate.now() + offsetMs;
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, values) => Reflect.construct(target, values.length === 0 ? [now()] : values),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
