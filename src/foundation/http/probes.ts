const probes: ReadonlySet<string> = new Set(["/health", "/health/live", "/health/ready"]);

/** `/health`, `/health/live`, `/health/ready`, `/docs` and what lies under `/docs/`: what people and probes must reach whatever the traffic. */
export function isProbeOrDocs(path: string): boolean {
  return isProbe(path) || path === "/docs" || path.startsWith("/docs/");
}

/** Whether a path is one that only tells how the process is. */
export function isProbe(path: string): boolean {
  return probes.has(path);
}
