const probes: ReadonlySet<string> = new Set(["/health", "/health/live", "/health/ready"]);

/** Whether a path is one that only tells how the process is. */
export function isProbe(path: string): boolean {
  return probes.has(path);
}
