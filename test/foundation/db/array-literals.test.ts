import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { withTx } from "../../../src/foundation/db/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

test("an array of texts reaches PostgreSQL and comes back as it was, whatever is in it", async () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom(..."\"\\{},' \n\t"), fc.string({ unit: "grapheme", minLength: 1 })),
  });
  const texts = fc.array(
    fc.oneof(
      text.filter((value) => !value.includes("\0")),
      fc.constantFrom(null, "NULL", "", "null"),
    ),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (values) => {
      const [row] = await withTx(
        app.db,
        { settings: {} },
        (tx) => tx.sql<{ same: string[]; count: number }>`
          select ${values as string[]}::text[] as same, cardinality(${values as string[]}::text[]) as count`,
      );
      expect(row).toEqual({ same: values as string[], count: values.length });
    }),
    { numRuns: 60 },
  );
});
