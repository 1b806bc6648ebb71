import type { Charge, RateLimitPolicy, RateLimitStore } from "../../foundation/rate-limit/index.ts";

const windowSeconds = 900;
/** Wrong passwords for an address from one network. */
const byNetwork: RateLimitPolicy = { name: "login-network", limit: 10, windowSeconds };
/** Wrong passwords for an address from all networks where nobody logged in to it lately. */
const byAccount: RateLimitPolicy = { name: "login-account", limit: 30, windowSeconds };
/** Wrong passwords within one session. */
const bySession: RateLimitPolicy = { name: "password-session", limit: 10, windowSeconds };

/** How a policy stands after an attempt was charged. */
interface Standing {
  readonly policy: RateLimitPolicy;
  readonly remaining: number;
  /** Until more is left. */
  readonly seconds: number;
}

/** An attempt that was counted before its password is checked. */
export interface AttemptCharge {
  readonly standings: readonly Standing[];
  /** Seconds until another attempt may be made; null: this one may. */
  readonly lockedSeconds: number | null;
  /** The password was right, or was not checked: makes as if there had been no attempt. */
  giveBack(): Promise<void>;
}

/**
 * Bounds guesses at passwords. Each attempt is counted before it is checked, so that many at once are no way round, and given back
 * unless it was wrong.
 *
 * Guesses from many networks are counted by account. Whoever makes them can thereby lock an account only for networks
 * that are strange to it: its holder's sessions do not ask here, and log-ins from where the holder logged in before are
 * counted by that network alone.
 */
export class PasswordAttempts {
  readonly #store: RateLimitStore;
  readonly #onDecision: (decision: "admitted" | "limited", policy: string) => void;

  constructor(store: RateLimitStore, onDecision: (decision: "admitted" | "limited", policy: string) => void) {
    this.#store = store;
    this.#onDecision = onDecision;
  }

  beginLogIn(attempt: {
    /** What stands for the email address, whether or not anybody has it. */
    readonly account: string;
    readonly network: string;
    readonly knownNetwork: boolean;
  }): Promise<AttemptCharge> {
    const { account, network, knownNetwork } = attempt;
    const own = { policy: byNetwork, key: `${account}:${network}` };
    return this.#begin(knownNetwork ? [own] : [own, { policy: byAccount, key: account }]);
  }

  beginChange(session: string): Promise<AttemptCharge> {
    return this.#begin([{ policy: bySession, key: session }]);
  }

  /** All of them or none: what one refuses, the others get back. */
  async #begin(asked: readonly { readonly policy: RateLimitPolicy; readonly key: string }[]): Promise<AttemptCharge> {
    const taken = await Promise.all(
      asked.map(async (of) => ({ ...of, charge: await this.#store.take(of.policy, of.key, 1) })),
    );
    const counted = taken.filter((each): each is typeof each & { charge: Charge } => each.charge !== null);
    for (const { policy, charge } of counted) this.#onDecision(charge.admitted ? "admitted" : "limited", policy.name);
    const giveBack = async () => {
      const admitted = counted.filter(({ charge }) => charge.admitted);
      await Promise.all(admitted.map(({ policy, key, charge }) => this.#store.giveBack(policy, key, 1, charge)));
    };
    const refused = counted.filter(({ charge }) => !charge.admitted);
    if (refused.length > 0) await giveBack();
    const locked = refused.length > 0;
    return {
      standings: counted.map(({ policy, charge }) => ({
        policy,
        remaining: policy.limit - charge.spent + (locked && charge.admitted ? 1 : 0),
        seconds: toSeconds(charge),
      })),
      lockedSeconds: locked ? Math.max(...refused.map(({ charge }) => toSeconds(charge))) : null,
      giveBack,
    };
  }
}

function toSeconds({ waitMs }: Charge): number {
  return Math.max(1, Math.ceil(waitMs / 1_000));
}
