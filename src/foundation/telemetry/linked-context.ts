import type { Context } from "@opentelemetry/api";

/**
 * OpenTelemetry's context as a chain: each value is one link. The API's own copies all that it holds for every value that is set,
 * and each span sets one.
 */
export class LinkedContext implements Context {
  readonly #outer: Context;
  readonly #key: symbol;
  readonly #value: unknown;

  constructor(outer: Context, key: symbol, value: unknown) {
    this.#outer = outer;
    this.#key = key;
    this.#value = value;
  }

  getValue(key: symbol): unknown {
    return key === this.#key ? this.#value : this.#outer.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new LinkedContext(this, key, value);
  }

  deleteValue(key: symbol): Context {
    return this.getValue(key) === undefined ? this : new LinkedContext(this, key, undefined);
  }
}
