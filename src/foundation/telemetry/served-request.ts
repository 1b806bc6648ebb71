import type { Context } from "hono";
import { HonoRequest } from "hono/request";

const noHeaders = { entries: () => [] };

/** A request without headers and routes, which cost to be read: @hono/otel would look through all of them. */
class BareRequest extends HonoRequest {
  constructor({ req }: Context) {
    super(req.raw, req.path, [[]]);
  }

  override header(name: string): string | undefined;
  override header(): Record<string, string>;
  override header(name?: string): string | undefined | Record<string, string> {
    return name === undefined ? {} : undefined;
  }
}

/**
 * What @hono/otel gets to see of a request: its method and URL, the status of its answer, and its error. What spans and metrics
 * say of it is decided in `server-attributes.ts`, from the request itself.
 */
export class ServedRequest {
  readonly req: HonoRequest;
  readonly #c: Context;

  constructor(c: Context) {
    this.#c = c;
    this.req = new BareRequest(c);
  }

  get res() {
    return { status: this.#c.res.status, headers: noHeaders };
  }

  get error(): Error | undefined {
    return this.#c.error;
  }
}
