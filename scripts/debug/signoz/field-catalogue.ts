import type { TimeRange } from "../model.ts";
import type { SigNozClient } from "./client.ts";
import { fieldKeysAnswer, fieldValuesAnswer } from "./schemas.ts";

export type Signal = "logs" | "traces" | "metrics";

export interface Field {
  readonly name: string;
  readonly signal: Signal;
  readonly context: string;
  readonly type: string;
}

export interface FieldValue {
  readonly signal: Signal;
  readonly value: string | number | boolean;
}

export interface FieldQuestion {
  readonly signals: readonly Signal[];
  readonly range: TimeRange;
  readonly limit: number;
}

const queryOf = (signal: Signal, { range, limit }: FieldQuestion) => ({
  signal,
  startUnixMilli: String(range.sinceMs),
  endUnixMilli: String(range.untilMs),
  limit: String(limit),
});

/** What data has arrived with, by name; of those with `search` in their name. */
export async function listFields(
  client: SigNozClient,
  search: string,
  question: FieldQuestion,
): Promise<readonly Field[]> {
  const answers = await Promise.all(
    question.signals.map(async (signal) => {
      const query = { ...queryOf(signal, question), searchText: search };
      const { data } = await client.ask({ method: "GET", path: "api/v1/fields/keys", query }, fieldKeysAnswer);
      return Object.values(data.keys ?? {})
        .flat()
        .map((key) => ({
          name: key.name,
          signal,
          context: key.fieldContext ?? "",
          type: key.fieldDataType ?? "",
        }));
    }),
  );
  return answers.flat().toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

export async function listFieldValues(
  client: SigNozClient,
  name: string,
  question: FieldQuestion,
): Promise<readonly FieldValue[]> {
  const answers = await Promise.all(
    question.signals.map(async (signal) => {
      const query = { ...queryOf(signal, question), name };
      const { data } = await client.ask({ method: "GET", path: "api/v1/fields/values", query }, fieldValuesAnswer);
      const { stringValues, numberValues, boolValues } = data.values ?? {};
      return [...(stringValues ?? []), ...(numberValues ?? []), ...(boolValues ?? [])].map((value) => ({
        signal,
        value,
      }));
    }),
  );
  return answers.flat();
}

/** Names like one that is unknown: those that share a part with it, the likest first. */
export async function listSimilarFields(
  client: SigNozClient,
  name: string,
  question: FieldQuestion,
): Promise<readonly string[]> {
  const parts = name.split(/[._-]/).filter((part) => part.length > 2);
  const found = await Promise.all([...new Set(parts)].map((part) => listFields(client, part, question)));
  const names = new Set(found.flat().map((field) => field.name));
  return [...names].toSorted((a, b) => distance(a, name) - distance(b, name)).slice(0, 5);
}

/** How many characters must be added, left out or changed to make one text of the other. */
export function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
