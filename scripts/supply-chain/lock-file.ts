import { z } from "zod";

const details = z.object({
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  /** For one platform alone, where either is there. */
  os: z.unknown().optional(),
  cpu: z.unknown().optional(),
  hasInstallScript: z.boolean().optional(),
});

const lockFile = z.object({
  trustedDependencies: z.array(z.string()).optional(),
  // Each is [name@version, registry or "", details, digest] where it comes from a registry.
  packages: z.record(z.string(), z.array(z.unknown())),
});

/** A package as `bun.lock` names it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Empty: the registry of whoever installs. */
  readonly registry: string;
  /** Of what is downloaded; null where there is none to hold it against. */
  readonly digest: string | null;
  readonly forOnePlatform: boolean;
  readonly hasInstallScript: boolean;
  readonly optionalDependencies: readonly string[];
}

export interface LockFile {
  readonly trusted: readonly string[];
  readonly packages: readonly LockedPackage[];
}

/** Reads the text of a `bun.lock`. @throws for what is none. */
export function parseLockFile(text: string): LockFile {
  const lock = lockFile.parse(Bun.JSONC.parse(text));
  const packages = Object.values(lock.packages).map((entry): LockedPackage => {
    const [id, registry, , digest] = entry;
    const [, name = "", version = ""] = /^(@?[^@]+)@(.+)$/.exec(String(id)) ?? [];
    const known = details.parse(entry.find((part) => typeof part === "object") ?? {});
    return {
      name,
      version,
      registry: String(registry),
      digest: typeof digest === "string" && /^sha512-[A-Za-z0-9+/]{86}==$/.test(digest) ? digest : null,
      forOnePlatform: known.os !== undefined || known.cpu !== undefined,
      hasInstallScript: known.hasInstallScript === true,
      optionalDependencies: Object.keys(known.optionalDependencies ?? {}),
    };
  });
  return { trusted: lock.trustedDependencies ?? [], packages };
}

/** What would let something else be installed than what was tested. */
export function findLockFaults({ packages }: LockFile): string[] {
  return packages.flatMap(({ name, version, registry, digest }) => [
    ...(digest === null ? [`${name}@${version} has no SHA-512 digest in bun.lock`] : []),
    ...(registry === "" ? [] : [`${name}@${version} is tied to a registry of its own in bun.lock`]),
  ]);
}
