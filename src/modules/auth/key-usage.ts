import { type Db, withTx } from "../../foundation/db/index.ts";
import { identityScope } from "../access/index.ts";
import { updateApiKeysLastUsed } from "./credential-repository.ts";

/** Keeps when API keys were last used, so that no request writes it. */
export interface KeyUsage {
  /** Notes a use. Beyond 10,000 keys between two flushes the one noted first is forgotten. */
  record(keyId: string, usedAt: Date): void;
  /**
   * Writes what was noted, in one transaction of one statement; nothing noted, no transaction. What could not be
   * written is kept for the next time.
   * @throws as `withTx`.
   */
  flush(db: Db): Promise<void>;
}

const keysMax = 10_000;

/** Makes a recorder. It has no timer: whoever runs the process calls `flush` now and then, and on the way out. */
export function createKeyUsage(): KeyUsage {
  let latest = new Map<string, Date>();

  function record(keyId: string, usedAt: Date): void {
    const known = latest.get(keyId);
    if (known !== undefined && known >= usedAt) return;
    latest.set(keyId, usedAt);
    if (latest.size <= keysMax) return;
    for (const oldest of latest.keys()) {
      latest.delete(oldest);
      return;
    }
  }

  return {
    record,
    async flush(db) {
      const uses = Array.from(latest, ([keyId, usedAt]) => ({ keyId, usedAt }));
      if (uses.length === 0) return;
      latest = new Map();
      try {
        await withTx(db, identityScope, (tx) => updateApiKeysLastUsed(tx, uses));
      } catch (error) {
        for (const { keyId, usedAt } of uses) record(keyId, usedAt);
        throw error;
      }
    },
  };
}
