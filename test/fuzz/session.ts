import { v7 as uuidV7 } from "uuid";
import type { Operation } from "../api/shared-suite/operations.ts";
import { Dice } from "../model/dice.ts";
import { type Draft, setHeader, targetOf, toBytes, toShell } from "./draft.ts";
import type { Judge } from "./judge.ts";
import { type Material, plainDraft } from "./plain-draft.ts";
import type { Tally } from "./tally.ts";
import { twists } from "./twists/all.ts";
import type { WireAnswer, WireClient } from "./wire.ts";
import { World } from "./world.ts";

export interface SessionOptions {
  readonly wire: WireClient;
  readonly material: Material;
  readonly judge: Judge;
  readonly tally: Tally;
}

/** Fields after which the server may close the connection. */
const endsConnection = /^(?:connection|upgrade|expect)$/i;
const answerWithinMs = 60_000;
const password = "correct horse battery staple";

/** Routes that cost a password's hash or megabytes, or end what the session lives from: drawn less often. */
const rare = new Set([
  "register",
  "login",
  "closePeriod",
  "logout",
  "endSession",
  "endSessions",
  "changePassword",
  "/docs/scalar.js",
]);

/** Routes after whose success the access token, or the password, may be good no more. */
const endsSession = new Set(["logout", "endSession", "endSessions", "changePassword"]);

/**
 * One user with a book of their own, who sends a request for each of the given throws of dice, one after the other. The
 * same dice give the same requests, but for ids and times.
 * @throws with the request and what is wrong, at the first answer that is not as documented.
 */
export async function runSession(throws: readonly (readonly number[])[], options: SessionOptions): Promise<void> {
  const { operations } = options.material;
  const session = new Session(options);
  await session.register();
  const makers = operations.filter(({ method, path }) => method === "POST" && /\{book_id\}\/[^{]*$/.test(path));
  for (const [at, numbers] of throws.entries()) {
    const dice = new Dice(numbers);
    // A session begins with what makes things, so that there is something to ask for.
    const opening = at < 2 * makers.length ? makers[at % makers.length] : undefined;
    const drawn = dice.of(operations);
    const operation = opening ?? (rare.has(drawn.id) && dice.chance(80) ? dice.of(makers) : drawn);
    const plain = opening !== undefined || dice.chance(35);
    await session.step(operation, dice, plain ? 0 : 1 + dice.below(2)).catch((error: unknown) => {
      throw new Error(`its request ${at + 1}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

class Session {
  readonly #options: SessionOptions;
  readonly #world = new World();
  #token = "";
  #credentials = { email: "", password };

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  async register(): Promise<void> {
    this.#credentials = { email: `fuzz-${uuidV7()}@example.com`, password };
    const { operation: register, draft, answer } = await this.#present("register");
    if (answer?.status !== 201) failWith(draft, answer, ["the session's user was not registered"]);
    const body: { readonly access_token: string; readonly book: { readonly id: string } } = JSON.parse(answer.body);
    this.#token = body.access_token;
    this.#world.learn("book_id", body.book.id);
    this.#learn(register, answer);
  }

  /** Begins another session; as another user, where the password has become one that nobody here knows. */
  async #logInAgain(): Promise<void> {
    const { answer } = await this.#present("login");
    if (answer?.status !== 200) return this.register();
    const body: { readonly access_token: string } = JSON.parse(answer.body);
    this.#token = body.access_token;
  }

  /** Sends the user's own credentials to a route. */
  async #present(id: "register" | "login") {
    const operation = this.#options.material.operations.find((candidate) => candidate.id === id);
    if (operation === undefined) throw new Error(`there is no route ${id}`);
    const draft = plainDraft(operation, new Dice([0]), this.#world, this.#options.material);
    draft.json = this.#credentials;
    return { operation, draft, answer: await this.#send(draft, false) };
  }

  /** One request, spoiled that many times. */
  async step(operation: Operation, dice: Dice, spoilings: number): Promise<void> {
    const { material } = this.#options;
    const draft = plainDraft(operation, dice, this.#world, material);
    if (operation.authenticated) setHeader(draft, "Authorization", `Bearer ${this.#token}`);
    let refused = false;
    for (let spoiling = 0; spoiling < spoilings; spoiling += 1) {
      const twist = dice.of(twists.filter((candidate) => candidate.fits(draft)));
      twist.apply(draft, { dice, world: this.#world, schemas: material.schemas });
      draft.twists.push(twist.name);
      // Two twists may undo one another.
      refused = twist.refused && spoilings === 1;
    }
    const answer = await this.#send(draft, refused);
    if (draft.frame === null) this.#learn(operation, answer);
    if (endsSession.has(operation.id) && answer?.status === 204) await this.#logInAgain();
  }

  async #send(draft: Draft, refused: boolean): Promise<WireAnswer | null> {
    const { wire, tally, judge } = this.#options;
    const closes = draft.frame !== null || draft.headers.some(([name]) => endsConnection.test(name));
    const answer = await wire
      .send(toBytes(draft), { isHead: draft.method === "HEAD", closes, withinMs: answerWithinMs })
      .catch((error: unknown) => failWith(draft, null, [String(error)]));
    tally.count(draft, answer);
    const faults = judge(draft, answer, refused);
    if (faults.length > 0) failWith(draft, answer, faults);
    return answer;
  }

  #learn(operation: Operation, answer: WireAnswer | null): void {
    if (answer === null || answer.status >= 300 || answer.body === "") return;
    const tag = answer.headers.get("etag");
    if (tag !== null) this.#world.learn("if-match", tag);
    if (!answer.headers.get("content-type")?.includes("json")) return;
    this.#world.learnFrom(operation, this.#options.material.operations, JSON.parse(answer.body));
  }
}

function failWith(draft: Draft, answer: WireAnswer | null, faults: readonly string[]): never {
  const said =
    answer === null
      ? "nothing"
      : `${answer.status} ${JSON.stringify([...answer.headers])}\n${answer.body.slice(0, 2_000)}`;
  const spoiled = draft.twists.join(" and ") || "nothing spoiled";
  const what = `${draft.operation.id} ${targetOf(draft).slice(0, 300)}, with ${spoiled}`;
  throw new Error(`${faults.join("; ")}\n${what}\n${toShell(draft)}\nanswered ${said}`);
}
