import { type Command, Option } from "commander";
import { rangeOf } from "../cli/context.ts";
import { addExamples, addRange, countOption, type RangeOptions } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import type { Outcome } from "../outcome.ts";
import type { Output } from "../output.ts";
import { cell } from "../render/screen.ts";
import { renderTable } from "../render/table.ts";
import { renderColumns } from "../render/word-columns.ts";
import type { SigNozClient } from "../signoz/client.ts";
import {
  type FieldQuestion,
  listFields,
  listFieldValues,
  listSimilarFields,
  type Signal,
} from "../signoz/field-catalogue.ts";

interface FieldsOptions extends RangeOptions {
  readonly signal?: Signal;
  readonly search?: string;
  readonly limit: number;
}

export function addFields(program: Command, act: Act): void {
  const command = program
    .command("fields")
    .argument("[name]", "a field, to see its values")
    .summary("what can be filtered on, and its values")
    .description("Lists the fields that data has arrived with; with a name, the values of that field.")
    .addOption(new Option("--signal <signal>", "of these alone").choices(["logs", "traces", "metrics"]))
    .option("--search <text>", "fields with this in their name")
    .addOption(countOption("-n, --limit <count>", "at most so many of each signal", { by: 100, min: 1, max: 10_000 }));
  addRange(command, "24h");
  addExamples(command, ["fields", "fields --search http", "fields http.route --signal logs", "fields error_id --json"]);
  command.action((name: string | undefined, options: FieldsOptions) =>
    act(options, ({ output, connect }) => {
      const question: FieldQuestion = {
        signals: options.signal === undefined ? ["logs", "traces"] : [options.signal],
        range: rangeOf(options),
        limit: options.limit,
      };
      const client = connect();
      return name === undefined
        ? showFields(output, client, { search: options.search ?? "", question })
        : showValues(output, client, { name, question });
    }),
  );
}

const columns = [{ title: "FIELD", shrinksTo: 20 }, { title: "SIGNAL" }, { title: "CONTEXT" }, { title: "TYPE" }];

async function showFields(
  output: Output,
  client: SigNozClient,
  { search, question }: { readonly search: string; readonly question: FieldQuestion },
): Promise<Outcome> {
  const fields = await output.during("listing fields", listFields(client, search, question));
  if (output.isJson) for (const field of fields) output.record({ ...field, type: "field", data_type: field.type });
  else if (fields.length > 0) {
    const rows = fields.map((field) => [field.name, field.signal, field.context, field.type].map((text) => cell(text)));
    output.lines(renderTable(columns, rows, output));
  }
  if (fields.length > 0) return "found";
  output.note("no data has arrived in this time");
  return "nothing";
}

async function showValues(
  output: Output,
  client: SigNozClient,
  { name, question }: { readonly name: string; readonly question: FieldQuestion },
): Promise<Outcome> {
  const values = await output.during(`listing values of ${name}`, listFieldValues(client, name, question));
  if (output.isJson) for (const { value, signal } of values) output.record({ type: "value", name, signal, value });
  else {
    const words = new Set(values.map(({ value }) => String(value)));
    output.lines(renderColumns([...words], output));
  }
  if (values.length > 0) return "found";
  output.note(`no data has arrived with the field ${name} in this time`);
  const similar = await listSimilarFields(client, name, question);
  if (similar.length > 0) output.note(`did you mean ${similar.join(", ")}?`);
  return "nothing";
}
