/** Does a run's steps to a book of their own, and to the model. */
import type { Answer } from "../support/app.ts";
import { Dice, type Intent, type Step } from "./dice.ts";
import { type Book, emptyBook } from "./facts.ts";
import { canonical } from "./on-the-wire.ts";
import { type Done, noteTag, settle } from "./order.ts";
import { isKept, type Request } from "./performing.ts";
import { everything, someQuery } from "./queries/all.ts";
import { newestFirst } from "./queries/journal.ts";
import { pathWith, type Query } from "./queries/query.ts";
import { assertRepeatable, readMeanwhile } from "./reader.ts";
import { beginnings, openSession, type Session, type World } from "./session.ts";
import { createAccount } from "./steps/accounts.ts";
import { writeKinds, writeOf } from "./steps/all.ts";
import type { Tally } from "./tally.ts";

export const modes = [
  "plain",
  "keyed",
  "dry",
  "dry and keyed",
  "unknown field",
  "repeated",
  "key reused",
  "key refused",
] as const;
const modeWeights = [8, 4, 2, 1, 1, 2, 1, 1];
const weighted = modes.flatMap((mode, at) => Array.from({ length: modeWeights[at] ?? 1 }, () => mode));

const hourMs = 3_600_000;
const ticks = (tick: number) => {
  if (tick < 20) return 0;
  if (tick < 80) return tick * 997;
  if (tick < 95) return tick * 60_000;
  return tick < 99 ? 24 * hourMs : 31 * 24 * hourMs;
};

export class Run {
  /** What was sent and answered, for people. */
  readonly history: string[] = [];
  readonly #world: World;
  readonly #tally: Tally;
  readonly #session: Session;
  #book: Book;
  #requests = 0;
  /** Requests whose answers may be kept under their keys, and keys under which something was refused. */
  readonly #keyed: Request[] = [];
  readonly #refusedKeys: string[] = [];

  static async begin(world: World, tally: Tally): Promise<Run> {
    return new Run(world, tally, await openSession(world));
  }

  private constructor(world: World, tally: Tally, session: Session) {
    this.#world = world;
    this.#tally = tally;
    this.#session = session;
    this.#book = emptyBook(session.userId, session.now);
  }

  /** @throws where an answer is not the model's. */
  async follow(steps: readonly Step[]): Promise<void> {
    await this.#write([beginnings.map((json) => this.#request("beginning", createAccount(json)))]);
    for (const step of steps) {
      await this.#session.tick(ticks(step.tick));
      this.#book.now = this.#session.now;
      await this.#write(this.#requestsOf(step), step.cut);
      for (const numbers of step.looks) await this.#look(someQuery(new Dice(numbers), this.#book));
      this.#tally.steps += 1;
    }
    for (const query of everything(this.#book)) await this.#look(query);
  }

  #requestsOf({ clients, cut }: Step): Request[][] {
    const requests = clients.map((intents) => intents.map((intent) => this.#requestOf(intent, cut !== null)));
    const [first, ...others] = requests;
    const [shared] = first ?? [];
    // Two clients with one key and one body at once.
    if (first === undefined || shared?.key === undefined || others[0] === undefined) return requests;
    return [first, [this.#request("twin", shared.write, shared), ...others[0]], ...others.slice(1)];
  }

  #requestOf({ kind, dice: numbers }: Intent, cut: boolean): Request {
    const dice = new Dice(numbers);
    const mode = dice.of(weighted);
    const name = writeKinds[kind % writeKinds.length] ?? "";
    const write = writeOf(name, dice, this.#book);
    const kept = this.#keyed.filter(({ key }) => isKept(this.#book, key) !== null);
    const old = kept.length === 0 ? undefined : dice.of(kept.toReversed());
    this.#tally.count("modes", old === undefined && /^(?:repeated|key reused)$/.test(mode) ? "keyed" : mode);
    if (mode === "repeated" && old !== undefined) return this.#request(name, old.write, old);
    if (mode === "key reused" && old !== undefined) return this.#request(name, write, { key: old.key });
    const free = this.#refusedKeys.filter((key) => isKept(this.#book, key) === null);
    const key = mode === "key refused" && free.length > 0 ? dice.of(free) : `key-${this.#requests}`;
    const keyed = mode !== "plain" && mode !== "dry" && mode !== "unknown field";
    return this.#request(name, write, {
      key: keyed || cut ? key : undefined,
      dryRun: mode.startsWith("dry"),
      unknownField: mode === "unknown field" && write.json !== undefined,
    });
  }

  #request(kind: string, write: Request["write"], as: Partial<Request> = {}): Request {
    this.#requests += 1;
    const traceId = String(this.#requests).padStart(32, "0");
    const { key, dryRun = false, unknownField = false } = as;
    return { kind, write, key, dryRun, unknownField, requestId: `model-${this.#requests}`, traceId };
  }

  /** Every client sends its own requests in their order, all clients at once. */
  async #write(clients: readonly (readonly Request[])[], cut: Step["cut"] = null): Promise<void> {
    const { proxy } = this.#world;
    const cuts = proxy.cuts;
    const unanswered = this.#session.unanswered.length;
    if (cut !== null) proxy.cutIn(cut.pieces, cut.when);
    const meanwhile = clients.length > 1 ? readMeanwhile(this.#session) : null;
    const done = await Promise.all(
      clients.map(async (requests) => {
        const answers: Done[] = [];
        for (const request of requests) {
          const began = performance.now();
          const answer = await this.#session.send(request);
          answers.push({ request, answer, repeated: cut !== null, began, ended: performance.now() });
        }
        return answers;
      }),
    );
    const readings = (await meanwhile) ?? [];
    proxy.disarm();
    this.#tally.cuts += proxy.cuts - cuts;
    for (const id of this.#session.unanswered.slice(unanswered)) this.#tally.count("refusals", id);
    if (clients.length > 1) this.#tally.rounds += 1;
    for (const [client, answers] of done.entries()) for (const each of answers) this.#note(client, each);
    const before = this.#book.points.at(-1);
    this.#book.round += 1;
    this.#book.quiet = clients.length === 1 && cut === null;
    // Which of two prices of one fact was told last shows only here.
    const prices = clients.length > 1 ? await this.#session.get("/prices?limit=200") : null;
    const shown = prices === null ? "" : canonical(prices.body.items);
    this.#book = settle(
      this.#book,
      done,
      (after) => prices === null || canonical(newestFirst([...after.prices.values()])) === shown,
    );
    await assertRepeatable(this.#session, readings, { before, book: this.#book });
  }

  #note(client: number, { request, answer }: Done): void {
    const { write, key, dryRun, kind } = request;
    this.#tally.writes += 1;
    this.#tally.count("kinds", kind);
    const how = [`client ${client}`, dryRun ? "dry run" : "", key ?? "", write.ifMatch ?? ""].filter(
      (part) => part !== "",
    );
    const what = `${write.method} ${write.path} ${JSON.stringify(write.json ?? null)}`;
    this.history.push(
      `${this.#book.now} ${what} (${how.join(", ")}) → ${answer.status} ${answer.body?.error_id ?? ""}`,
    );
    if (answer.status >= 400) this.#tally.count("refusals", answer.body?.error_id);
    if (key === undefined) return;
    if (answer.status < 300) this.#keyed.push(request);
    else this.#refusedKeys.push(key);
  }

  async #look(query: Query): Promise<void> {
    const answer =
      query.limit === undefined ? await this.#session.get(query.path) : await this.#pages(query, query.limit);
    this.#tally.queries += 1;
    this.#tally.count("endpoints", query.endpoint);
    const expected = canonical([query.status ?? 200, query.expected ?? null]);
    const answered = canonical([
      answer.status,
      query.expected === undefined ? null : (query.of?.(answer.body) ?? answer.body),
    ]);
    if (answered !== expected) throw new Error(`GET ${query.path} answered\n${answered}\nexpected\n${expected}`);
    if (query.learns === true) {
      const { postings, versions } = this.#book;
      this.#book.points.push({ knownAt: answer.body.knowledge, postings, versions: versions.length });
    }
    if (answer.headers.get("etag") === null) return;
    const wrong = noteTag(this.#book, answer, answer.body);
    if (wrong !== null) throw new Error(`GET ${query.path} ${wrong}`);
  }

  /** A list page by page: every page but the last is full. */
  async #pages({ path }: Query, limit: number): Promise<Answer> {
    const items: unknown[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = pathWith(path, { limit: String(limit), cursor });
      const answer = await this.#session.get(page);
      if (answer.status !== 200) return answer;
      items.push(...answer.body.items);
      cursor = answer.body.next_cursor ?? undefined;
      if (cursor === undefined) return { ...answer, body: items };
      if (answer.body.items.length !== limit)
        throw new Error(`GET ${page} answered a page that is not full, and a next one`);
    }
  }
}
