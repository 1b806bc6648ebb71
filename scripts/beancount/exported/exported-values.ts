import { z } from "zod";
import type { Metadata } from "../syntax/directives.ts";
import { BookError } from "../syntax/fault.ts";

/** Whether a directive stands in a file that the API exported: its metadata then says what beancount's grammar does not hold. */
export function isExported(metadata: Metadata): boolean {
  return metadata["footing_export"] !== undefined;
}

/** A text of the metadata, where it has one under the key. */
export function textOf(metadata: Metadata, key: string): string | null {
  const value = metadata[key];
  return typeof value === "string" ? value : null;
}

const objectSchema = z.record(z.string(), z.json());
const labelsSchema = z.array(z.string());

/** The caller's own metadata, which is exported as the text of a JSON object. */
export function objectOf(metadata: Metadata, line: number): z.infer<typeof objectSchema> {
  return parse(objectSchema, "footing_metadata", metadata, line) ?? {};
}

/** Tags or links as they were, where beancount has them otherwise. */
export function labelsOf(
  metadata: Metadata,
  key: "footing_tags" | "footing_links",
  line: number,
): readonly string[] | null {
  return parse(labelsSchema, key, metadata, line);
}

function parse<T>(schema: z.ZodType<T>, key: string, metadata: Metadata, line: number): T | null {
  const text = textOf(metadata, key);
  if (text === null) return null;
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new BookError(line, `${key} is not the JSON that an export has there`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
