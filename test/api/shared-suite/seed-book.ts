import type { TestApp } from "../../support/app.ts";
import { send } from "./expect-answer.ts";
import type { Operation } from "./operations.ts";
import type { Known } from "./sample.ts";
import type { Sampler } from "./sampler.ts";

export interface SeedOptions {
  readonly operations: readonly Operation[];
  readonly sampler: Sampler;
  readonly token: string;
  /** What the book begins with: its own id, and whom it may be shared with. */
  readonly known: Known & { readonly book_id: string };
  /** The parameters for which something must exist; all that the API has by default. */
  readonly names?: ReadonlySet<string>;
}

/**
 * Makes one of everything that the paths of the API name, with the API itself: what `/things/{thing_id}` is about
 * comes from `POST /things`. What a thing needs beforehand is found by trying until nothing more succeeds.
 * @returns the ids by the names of their parameters, for sample requests.
 * @throws naming what could not be made: a route that the suite would then pass over.
 */
export async function seedBook(t: TestApp, options: SeedOptions): Promise<Known> {
  let known: Known = options.known;
  let wanted = listMakers(options.operations).filter(({ name }) => options.names?.has(name) !== false);
  while (wanted.length > 0) {
    const left: typeof wanted = [];
    const refusals: string[] = [];
    for (const maker of wanted) {
      const answer = await send(t, options.sampler.requestOf(maker.operation, known), options.token);
      const id: unknown = answer.body.id ?? answer.body[maker.name];
      if (answer.status === 201 && typeof id === "string") known = { ...known, [maker.name]: id };
      else {
        left.push(maker);
        refusals.push(`${maker.name}: ${answer.status} ${JSON.stringify(answer.body)}`);
      }
    }
    if (left.length === wanted.length) throw new Error(`the suite could not make ${refusals.join("\n")}`);
    wanted = left;
  }
  return known;
}

/** What makes the thing that each parameter under a book names. */
export function listMakers(
  operations: readonly Operation[],
): { readonly name: string; readonly operation: Operation }[] {
  const makers = new Map<string, Operation>();
  for (const { path, ofBook } of operations) {
    const [, collection = "", name = ""] = /^(.*)\/\{([^}]+)\}$/.exec(path) ?? [];
    if (!ofBook || name === "" || name === "book_id" || makers.has(name)) continue;
    const operation = operations.find((candidate) => candidate.method === "POST" && candidate.path === collection);
    if (operation === undefined) throw new Error(`nothing makes what {${name}} names: there is no POST ${collection}`);
    makers.set(name, operation);
  }
  return Array.from(makers, ([name, operation]) => ({ name, operation }));
}
