import { v7 as uuidV7 } from "uuid";
import type { Operation } from "../api/shared-suite/operations.ts";
import type { JsonSchema } from "../api/shared-suite/sample.ts";
import type { SampleRequest } from "../api/shared-suite/sampler.ts";
import { Dice } from "../model/dice.ts";
import { type Draft, setHeader, targetOf, toBytes, toShell } from "./draft.ts";
import type { createJudge } from "./judge.ts";
import type { Tally } from "./tally.ts";
import { twists } from "./twists/all.ts";
import { fittingValue } from "./values.ts";
import type { WireAnswer, WireClient } from "./wire.ts";
import { World } from "./world.ts";

export interface SessionOptions {
  readonly wire: WireClient;
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** A plain request of each operation that fits its schemas. */
  readonly samples: ReadonlyMap<Operation, SampleRequest>;
  readonly judge: ReturnType<typeof createJudge>;
  readonly tally: Tally;
}

/** Fields after which the server may close the connection. */
const endsConnection = /^(?:connection|upgrade|expect)$/i;
const answerWithinMs = 60_000;
const password = "correct horse battery staple";

/** Routes that cost a password's hash, or end what the session lives from: drawn less often. */
const rare = new Set(["register", "login", "closePeriod", "logout"]);

/**
 * One user with a book of their own, who sends a request for each of the given throws of dice, one after the other. The same dice
 * give the same requests, but for ids and times.
 * @throws with the request and what is wrong, at the first answer that is not as documented.
 */
export async function runSession(throws: readonly (readonly number[])[], options: SessionOptions): Promise<void> {
  const session = await openSession(options);
  const makers = options.operations.filter(
    ({ method, path }) => method === "POST" && path.includes("{book_id}/") && !/\{(?!book_id)/.test(path),
  );
  for (const [at, numbers] of throws.entries()) {
    const dice = new Dice(numbers);
    // A session begins with what makes things, so that there is something to ask for.
    const opening = at < 2 * makers.length ? makers[at % makers.length] : undefined;
    const drawn = dice.of(options.operations);
    const operation = opening ?? (rare.has(drawn.id) && dice.chance(80) ? dice.of(makers) : drawn);
    const plain = opening !== undefined || dice.chance(35);
    await session.step(operation, dice, plain ? 0 : 1 + dice.below(2)).catch((error: unknown) => {
      throw new Error(`its request ${at + 1}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

async function openSession({ wire, operations, schemas, samples, judge, tally }: SessionOptions) {
  const world = new World();
  const email = `fuzz-${uuidV7()}@example.com`;
  let token = "";
  const register = operations.find(({ id }) => id === "register");
  if (register === undefined) throw new Error("there is no route that registers");
  const first = plainDraft(register, new Dice([0]));
  first.json = { email, password };
  learn(register, await send(first, false));

  function learn(operation: Operation, answer: WireAnswer | null): void {
    if (
      answer === null ||
      answer.status >= 300 ||
      answer.body === "" ||
      !answer.headers.get("content-type")?.includes("json")
    )
      return;
    const body: unknown = JSON.parse(answer.body);
    world.learnFrom(operation, operations, body);
    const fields = body as {
      readonly access_token?: string;
      readonly key?: string;
      readonly refresh_token?: string;
      readonly book?: { readonly id: string };
    };
    if (operation.id === "register" && token === "") {
      token = fields.access_token ?? "";
      world.learn("book_id", fields.book?.id ?? "");
    }
    if (fields.key !== undefined) world.learn("api key", fields.key);
    if (fields.refresh_token !== undefined) world.learn("refresh_token", fields.refresh_token);
    const tag = answer.headers.get("etag");
    if (tag !== null) world.learn("if-match", tag);
  }

  function plainDraft(operation: Operation, dice: Dice): Draft {
    const sample = samples.get(operation);
    if (sample === undefined) throw new Error(`there is no sample of ${operation.id}`);
    const place = { schemas, known: (name: string) => world.of(name) };
    const path = operation.path.replaceAll(
      /\{([^}]+)\}/g,
      (_, name: string) => known(name, dice) ?? "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10",
    );
    const query = operation.parameters.filter(
      (parameter) => parameter.in === "query" && (parameter.required === true || dice.chance(15)),
    );
    const draft: Draft = {
      operation,
      method: operation.method,
      path,
      query: query.map(
        ({ name, schema }) =>
          `${name}=${encodeURIComponent(known(name, dice) ?? String(fittingValue(dice, schema, { ...place, name })))}`,
      ),
      headers: Object.entries({
        ...sample.options.headers,
        ...(sample.options.json === undefined ? {} : { "Content-Type": "application/json" }),
      }),
      json: fillIn(sample.options.json, dice),
      raw: null,
      frame: null,
      twists: [],
    };
    if (operation.authenticated) setHeader(draft, "Authorization", `Bearer ${token}`);
    if (operation.parameters.some(({ name }) => name === "if-match"))
      setHeader(draft, "If-Match", known("if-match", dice) ?? "*");
    if (dice.chance(5)) setHeader(draft, "Idempotency-Key", `key-${dice.below(5)}`);
    return draft;
  }

  /** What exists under that name: the book of the session mostly, for the others have less in them. */
  function known(name: string, dice: Dice): string | undefined {
    const values = world.of(name);
    if (name === "book_id" && !dice.chance(10)) return values[0];
    if (name === "if-match" && dice.chance(60)) return "*";
    return values.length === 0 ? undefined : dice.of(values);
  }

  /** A sample's body with what the session knows in place of what the sample made up. */
  function fillIn(value: unknown, dice: Dice, name = ""): unknown {
    if (typeof value === "string") return known(name, dice) ?? value;
    if (Array.isArray(value)) return value.map((item) => fillIn(item, dice, name));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillIn(inner, dice, key)]));
  }

  async function send(draft: Draft, refused: boolean): Promise<WireAnswer | null> {
    const answer = await wire
      .send(toBytes(draft), {
        isHead: draft.method === "HEAD",
        closes: draft.frame !== null || draft.headers.some(([name]) => endsConnection.test(name)),
        withinMs: answerWithinMs,
      })
      .catch((error: unknown) => failWith(draft, null, [String(error)]));
    tally.count(draft, answer);
    const faults = judge(draft, answer, refused);
    if (faults.length > 0) failWith(draft, answer, faults);
    return answer;
  }

  return {
    async step(operation: Operation, dice: Dice, spoilings: number): Promise<void> {
      const draft = plainDraft(operation, dice);
      let refused = false;
      for (let spoiling = 0; spoiling < spoilings; spoiling += 1) {
        const twist = dice.of(twists.filter((candidate) => candidate.fits(draft)));
        twist.apply(draft, { dice, world, schemas });
        draft.twists.push(twist.name);
        // Two twists may undo one another.
        refused = twist.refused && spoilings === 1;
      }
      const answer = await send(draft, refused);
      if (draft.frame === null) learn(operation, answer);
    },
  };
}

function failWith(draft: Draft, answer: WireAnswer | null, faults: readonly string[]): never {
  const said =
    answer === null
      ? "nothing"
      : `${answer.status} ${JSON.stringify([...answer.headers])}\n${answer.body.slice(0, 2_000)}`;
  throw new Error(
    `${faults.join("; ")}\n${draft.operation.id} ${targetOf(draft).slice(0, 300)}, with ${draft.twists.join(" and ") || "nothing spoiled"}\n${toShell(draft)}\nanswered ${said}`,
  );
}
