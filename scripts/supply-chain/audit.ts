import { z } from "zod";

const severities = ["info", "low", "moderate", "high", "critical"] as const;

const advisories = z.record(
  z.string(),
  z.array(z.object({ severity: z.enum(severities), title: z.string(), url: z.string() })),
);

export interface Finding {
  readonly name: string;
  readonly severity: (typeof severities)[number];
  readonly title: string;
  readonly url: string;
}

/** What a registry knows against packages, or why it was not to be had. */
export type Audit = { readonly findings: readonly Finding[] } | { readonly noAnswer: string };

const timeoutMs = 60_000;

/** Asks the registry for advisories on what is installed, or on what production needs of it, by `bun audit`. */
export async function audit(which: "all" | "production", env: NodeJS.ProcessEnv = process.env): Promise<Audit> {
  const command = [process.execPath, "audit", "--json", ...(which === "all" ? [] : ["--production"])];
  const child = Bun.spawn(command, { env, stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: timeoutMs });
  const [said, complaint] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  if (said.trim() === "") return { noAnswer: complaint.trim() || `nothing within ${timeoutMs} ms` };
  const findings = Object.entries(advisories.parse(JSON.parse(said))).flatMap(([name, list]) =>
    list.map(({ severity, title, url }) => ({ name, severity, title, url })),
  );
  return { findings };
}

/** High and critical: what production must not have. */
export function isGrave({ severity }: Finding): boolean {
  return severities.indexOf(severity) >= severities.indexOf("high");
}

export function describeFinding({ name, severity, title, url }: Finding): string {
  return `${severity}: ${name}: ${title} (${url})`;
}
