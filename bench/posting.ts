// How fast entries are posted, against pgbench on the same PostgreSQL: one by one at random, one by one onto one account, and
// in bulk. A process of the API with what a production has (tokens, idempotency keys, the whole chain), and a function that does
// the least that a durable posting is, take turns; the ratios are of one round each. Prints a table, and one line of JSON.
// Run: TEST_DATABASE_URL=… bun bench/posting.ts [rounds] [seconds]; pgbench on the PATH, fsync and synchronous_commit on.

import { runAtEnd } from "../test/support/at-end.ts";
import { createTestDatabase } from "../test/support/database.ts";
import { openTemporaryDirectory } from "../test/support/scratch-directory.ts";
import { load } from "./posting/clients.ts";
import { startFooting } from "./posting/footing.ts";
import { createReference, type ReferenceScript } from "./posting/reference.ts";

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 5);
const only = process.argv[4];

interface Path {
  readonly path: string;
  readonly against: string;
  readonly target: number;
  readonly reference: ReferenceScript;
  readonly clients: number;
  readonly request: () => Uint8Array;
  readonly entriesARequest: number;
}

const directory = openTemporaryDirectory();
const [ours, theirs] = [await createTestDatabase(), await createTestDatabase()];
const footing = await startFooting(ours, directory);
const reference = await createReference(theirs.ownerUrl, directory);

const paths: readonly Path[] = [
  {
    path: "one book, random pairs, 16 clients",
    against: "pgbench, random pairs, 16 clients",
    target: 0.5,
    reference: "pairs",
    clients: 16,
    request: footing.randomPair(1),
    entriesARequest: 1,
  },
  {
    path: "100 books, random pairs, 16 clients",
    against: "pgbench, random pairs, 16 clients",
    target: 0.5,
    reference: "pairs",
    clients: 16,
    request: footing.randomPair(100),
    entriesARequest: 1,
  },
  {
    path: "one hot account, 32 clients",
    against: "pgbench, one hot account, 32 clients",
    target: 5,
    reference: "hot",
    clients: 32,
    request: footing.hotAccount(),
    entriesARequest: 1,
  },
  {
    path: "bulk of 100, 8 clients",
    against: "pgbench, batches of 100 by arrays, 8 clients",
    target: 0.7,
    reference: "bulk",
    clients: 8,
    request: footing.bulk(),
    entriesARequest: 100,
  },
];

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const spreadOf = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;
const short = (value: number) => Number(value.toPrecision(3));

interface Measured {
  readonly ours: number[];
  readonly theirs: number[];
}

const measured = new Map<Path, Measured>(
  paths.filter(({ path }) => only === undefined || path.includes(only)).map((path) => [path, { ours: [], theirs: [] }]),
);
try {
  for (let round = 0; round <= rounds; round += 1) {
    for (const [path, into] of measured) {
      const { clients, request, entriesARequest } = path;
      // The first round warms up.

      const own = (await load(footing.url, { clients, seconds, request })).perSecond * entriesARequest;
      const other = (await reference.run(path.reference, { clients, seconds })) * entriesARequest;
      if (round === 0) continue;
      into.ours.push(own);
      into.theirs.push(other);
    }
  }
  const records: unknown[] = [];
  const record = (path: string, against: string, target: number, own: readonly number[], other: readonly number[]) => {
    const ratios = own.map((value, round) => value / (other[round] ?? Number.NaN));
    const ratio = median(ratios);
    records.push({
      path,
      against,
      target,
      ratio: short(ratio),
      spread: spreadOf(ratios).map(short),
      rounds,
      met: ratio >= target,
    });
    const [least, most] = spreadOf(ratios);
    console.log(
      `${path.padEnd(38)} ${ratio.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)}; wanted ${target})  ` +
        `${median(own).toFixed(0)}/s against ${median(other).toFixed(0)}/s: ${against}`,
    );
  };
  for (const [{ path, against, target }, { ours: own, theirs: other }] of measured)
    record(path, against, target, own, other);
  const [pairs, , hot] = paths.map((path) => measured.get(path)?.ours);
  if (pairs !== undefined && hot !== undefined)
    record("one hot account, 32 clients", "our own random pairs in one book", 0.8, hot, pairs);
  console.log(JSON.stringify(records));
} finally {
  await footing.stop();
  await runAtEnd();
}
