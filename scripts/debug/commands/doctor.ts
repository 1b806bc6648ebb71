import type { Command } from "commander";
import { serviceNameOf } from "../cli/context.ts";
import { addExamples, addJson, type JsonOption } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import type { Outcome } from "../outcome.ts";
import type { Output } from "../output.ts";
import { renderKeyValues } from "../render/key-values.ts";
import { type Check, examine } from "../signoz/doctor.ts";

interface DoctorOptions extends JsonOption {
  readonly service?: string;
}

export function addDoctor(program: Command, act: Act): void {
  const command = program
    .command("doctor")
    .summary("whether SigNoz can be asked, and what has arrived there")
    .description(
      "Checks the URL, the version, the key and the clocks, and when each signal of a service was last seen.",
    )
    .option("--service <name>", "this service; OTEL_SERVICE_NAME, or footing, by default");
  addJson(command);
  addExamples(command, ["doctor", "doctor --service footing-staging", "doctor --json"]);
  command.action((options: DoctorOptions) =>
    act(options, async ({ output, connect, surroundings }) => {
      const service = options.service ?? serviceNameOf(surroundings.env);
      const checks = examine(connect(), service);
      let worst: Outcome = "found";
      for (;;) {
        const { done, value } = await output.during("asking SigNoz", checks.next());
        if (done) return worst;
        show(output, value);
        if (worst === "found") worst = value.outcome;
      }
    }),
  );
}

function show(output: Output, { name, outcome, detail, remedy }: Check): void {
  const isFine = outcome === "found" && remedy === null;
  if (output.isJson) {
    output.record({ type: "check", name, ok: isFine, outcome, detail, remedy });
    return;
  }
  const head = {
    key: `${isFine ? "✓" : "✗"} ${name.padEnd(8)}`,
    value: detail,
    style: isFine ? "good" : "error",
  } as const;
  const todo = remedy === null ? [] : [{ key: " ".repeat(10), value: `→ ${remedy}` }];
  output.lines(renderKeyValues([head, ...todo], output));
}
