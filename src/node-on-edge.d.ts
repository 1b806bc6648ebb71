/**
 * The only `node:` modules that edge code may import, cut down to what it uses. Bun, Node and workerd (with
 * `nodejs_compat`) all offer them; anything else fails to compile.
 */
declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    run<R, Args extends unknown[]>(store: T, fn: (...args: Args) => R, ...args: Args): R;
    getStore(): T | undefined;
    /** Runs functions in the context in which it was made, of every storage there is. */
    static snapshot(): <R>(fn: () => R) => R;
  }
}

declare module "node:crypto" {
  interface ScryptOptions {
    readonly N: number;
    readonly r: number;
    readonly p: number;
    readonly maxmem: number;
  }
  interface Hash {
    update(text: string): Hash;
    digest(encoding: "hex"): string;
  }
  export function createHash(algorithm: "sha256"): Hash;
  export function scrypt(
    password: Uint8Array,
    salt: Uint8Array,
    keyLength: number,
    options: ScryptOptions,
    callback: (error: Error | null, key: Uint8Array) => void,
  ): void;
  export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
}
