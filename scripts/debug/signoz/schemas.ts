import { z } from "zod";

/*
 * What of SigNoz's answers is read. Members that a newer server adds are let through; those that an older one lacks, or
 * says null for, have a default. A member of a wrong type is a fault of the server, and said to be one.
 */

const text = z.string().nullish();
const record = z.record(z.string(), z.unknown()).nullish();

export const versionSchema = z.object({ version: z.string() });

export const rawRow = z.object({ timestamp: text, data: record });
export type RawRow = z.output<typeof rawRow>;

export const rawResult = z.object({
  queryName: text,
  rows: z.array(rawRow.nullable()).nullish(),
});

const column = z.object({
  name: z.string(),
  columnType: text,
  aggregationIndex: z.number().nullish(),
});

export const scalarResult = z.object({
  queryName: text,
  columns: z.array(column).nullish(),
  data: z.array(z.array(z.unknown())).nullish(),
});

const label = z.object({ key: z.object({ name: z.string() }).nullish(), value: z.unknown() });
/** Go writes no NaN or infinity as a number; newer servers write them as text. */
const point = z.object({
  timestamp: z.number().min(0).max(8.64e15),
  value: z.union([z.number(), z.string()]).nullish(),
});
const series = z.object({ labels: z.array(label).nullish(), values: z.array(point).nullish() });

export const timeSeriesResult = z.object({
  queryName: text,
  aggregations: z
    .array(
      z.object({
        meta: z.object({ unit: text }).nullish(),
        series: z.array(series).nullish(),
      }),
    )
    .nullish(),
});
export type TimeSeriesResult = z.output<typeof timeSeriesResult>;

/** What a query is answered with, whatever kind it is of. */
export function queryAnswer<T extends z.ZodType>(result: T) {
  return z.object({
    data: z.object({
      data: z.object({ results: z.array(result).nullish() }).nullish(),
      warning: z.object({ message: text, warnings: z.array(z.object({ message: text })).nullish() }).nullish(),
    }),
  });
}

const whole = z.union([z.number(), z.bigint()]);

const reference = z.object({ traceId: text, spanId: text, refType: text });
const event = z.object({ name: text, timeUnixNano: whole.nullish(), attributeMap: record });

const waterfallSpan = z.object({
  trace_id: text,
  span_id: z.string(),
  parent_span_id: text,
  name: text,
  kind_string: text,
  time_unix: whole,
  duration_nano: whole.nullish(),
  has_error: z.boolean().nullish(),
  status_code_string: text,
  status_message: text,
  attributes: record,
  resource: record,
  events: z.array(event).nullish(),
  references: z.array(reference).nullish(),
});
export type WaterfallSpan = z.output<typeof waterfallSpan>;

export const waterfallAnswer = z.object({
  data: z.object({
    spans: z.array(waterfallSpan).nullish(),
    totalSpansCount: z.number().nullish(),
    hasMore: z.boolean().nullish(),
  }),
});

export const fieldKey = z.object({
  name: z.string(),
  signal: text,
  fieldContext: text,
  fieldDataType: text,
  description: text,
});

export const fieldKeysAnswer = z.object({
  data: z.object({ keys: z.record(z.string(), z.array(fieldKey)).nullish(), complete: z.boolean().nullish() }),
});

export const fieldValuesAnswer = z.object({
  data: z.object({
    values: z
      .object({
        stringValues: z.array(z.string()).nullish(),
        numberValues: z.array(z.number()).nullish(),
        boolValues: z.array(z.boolean()).nullish(),
      })
      .nullish(),
    complete: z.boolean().nullish(),
  }),
});

export const metricMetadataAnswer = z.object({
  data: z.object({
    description: text,
    type: z.string(),
    unit: text,
    temporality: text,
    isMonotonic: z.boolean().nullish(),
  }),
});

export const metricListAnswer = z.object({
  data: z.object({ metrics: z.array(z.object({ metricName: z.string() })).nullish() }),
});
