import { heapStats } from "bun:jsc";

// Loaded into the server's process before it starts (`--preload`): on SIGUSR2 it collects garbage and says what is left.
process.on("SIGUSR2", () => {
  Bun.gc(true);
  const { heapSize, objectCount } = heapStats();
  process.stdout.write(
    `memory ${JSON.stringify({ rss: process.memoryUsage.rss(), heap: heapSize, objects: objectCount })}\n`,
  );
});
