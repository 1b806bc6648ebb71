import { expect, test } from "bun:test";
import { AppError, catalogue, type ErrorId } from "../src/errors.ts";
import { BaseAppError } from "../src/foundation/errors/index.ts";

const ids = Object.keys(catalogue) as ErrorId[];

test("AC12.21.1 an application error has an error id, of the catalogue and no other", () => {
  expect(ids.length).toBeGreaterThan(20);
  for (const id of ids) expect(new AppError(id).errorId).toBe(id);
  expect(() => new AppError("NO_SUCH_ERROR" as ErrorId)).toThrow(TypeError);
});

test("AC12.21.2 an application error has a status code: its id's, which no thrower can choose", () => {
  for (const id of ids) {
    expect(new AppError(id).status).toBe(catalogue[id].status);
    expect(new AppError(id, { detail: "d", headers: { status: "200" }, meta: { status: 200 } }).status).toBe(
      catalogue[id].status,
    );
    expect(catalogue[id].status).toBeGreaterThanOrEqual(400);
    expect(catalogue[id].status).toBeLessThan(600);
  }
});

test("AC12.21.3 an application error is an `Error`, with a stack and its cause", () => {
  const cause = new RangeError("underneath");
  const error = new AppError("NOT_FOUND", { detail: "There is no such book.", cause });
  expect(error).toBeInstanceOf(Error);
  expect(error.stack).toContain("errors.test.ts");
  expect(error.cause).toBe(cause);
  expect(error.message).toContain("NOT_FOUND");
  expect("cause" in new AppError("NOT_FOUND")).toBe(false);
});

test("AC12.21.4 an application error can be thrown, and caught by its class", async () => {
  const work = async (): Promise<never> => {
    throw new AppError("ENTRY_UNBALANCED", { fields: [{ pointer: "/lines", detail: "differs" }] });
  };
  const caught = await work().catch((error: unknown) => error);
  expect(caught).toBeInstanceOf(AppError);
  expect(caught).toBeInstanceOf(BaseAppError);
  expect(new Error("another")).not.toBeInstanceOf(AppError);
  if (caught instanceof AppError) expect(caught.fields).toEqual([{ pointer: "/lines", detail: "differs" }]);
});

test("every id says what happened and what to do, in a text of its own, and only what may pass by itself is retryable", () => {
  for (const id of ids) {
    const { title, meaning, remedy, retryable, status } = catalogue[id];
    expect(id).toMatch(/^[A-Z]+(?:_[A-Z]+)*$/);
    for (const text of [title, meaning, remedy]) expect(text.trim()).toBe(text);
    expect(title).not.toEndWith(".");
    expect([meaning.endsWith("."), remedy.endsWith(".")]).toEqual([true, true]);
    expect(retryable).toBe([408, 429, 503].includes(status));
  }
  expect(new Set(ids.map((id) => catalogue[id].title)).size).toBe(ids.length);
});
