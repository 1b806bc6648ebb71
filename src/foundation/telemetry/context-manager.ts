import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, type ContextManager, context, ROOT_CONTEXT } from "@opentelemetry/api";

/** OpenTelemetry's context over the runtime's own AsyncLocalStorage. */
class AsyncContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, thisArg === undefined ? fn : fn.bind(thisArg), ...args);
  }

  bind<T>(active: Context, target: T): T {
    if (typeof target !== "function") return target;
    return new Proxy(target, {
      apply: (fn, thisArg, args) => this.#storage.run(active, () => Reflect.apply(fn, thisArg, args)),
    });
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}

let holders = 0;
let registered = false;

/**
 * Makes OpenTelemetry's `context.active()` follow asynchronous work, for as long as anybody holds it. This is the only
 * global of this library; a context manager that the process has already stays in its place.
 *
 * @returns what gives it up; calling it again does nothing.
 */
export function holdContextManager(): () => void {
  if (holders === 0) registered = context.setGlobalContextManager(new AsyncContextManager());
  holders += 1;
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    holders -= 1;
    if (holders === 0 && registered) context.disable();
  };
}
