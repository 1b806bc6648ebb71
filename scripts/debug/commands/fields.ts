import { type Command, Option } from "commander";
import { rangeOf } from "../cli/context.ts";
import { addExamples, addRange, countOption, type RangeOptions } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import type { Outcome } from "../outcome.ts";
import { renderColumns } from "../render/columns.ts";
import { makeSafe } from "../render/safe-text.ts";
import type { Screen } from "../screen.ts";
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
    act(options, ({ screen, connect }) => {
      const question: FieldQuestion = {
        signals: options.signal === undefined ? ["logs", "traces"] : [options.signal],
        range: rangeOf(options),
        limit: options.limit,
      };
      const client = connect();
      return name === undefined
        ? showFields(screen, client, { search: options.search ?? "", question })
        : showValues(screen, client, { name, question });
    }),
  );
}

async function showFields(
  screen: Screen,
  client: SigNozClient,
  { search, question }: { readonly search: string; readonly question: FieldQuestion },
): Promise<Outcome> {
  const fields = await screen.during("listing fields", listFields(client, search, question));
  if (screen.isJson) for (const field of fields) screen.record({ ...field, type: "field", data_type: field.type });
  else if (fields.length > 0) {
    const rows = fields.map(({ name, signal, context, type }) => [name, signal, context, type]);
    screen.line(renderColumns({ head: ["field", "signal", "context", "type"], rows }, screen));
  }
  if (fields.length > 0) return "found";
  screen.note("no data has arrived in this time");
  return "nothing";
}

async function showValues(
  screen: Screen,
  client: SigNozClient,
  { name, question }: { readonly name: string; readonly question: FieldQuestion },
): Promise<Outcome> {
  const values = await screen.during(`listing values of ${name}`, listFieldValues(client, name, question));
  for (const { value, signal } of values) {
    if (screen.isJson) screen.record({ type: "value", name, signal, value });
    else screen.line(makeSafe(String(value)));
  }
  if (values.length > 0) return "found";
  screen.note(`no data has arrived with the field ${name} in this time`);
  const similar = await listSimilarFields(client, name, question);
  if (similar.length > 0) screen.note(makeSafe(`did you mean ${similar.join(", ")}?`));
  return "nothing";
}
