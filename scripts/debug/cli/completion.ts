import type { Command, Option } from "commander";
import { DebugError } from "../outcome.ts";

export const shells = ["bash", "zsh", "fish"] as const;

interface Completable {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
}

/** What the scripts call the tool: they define it, as a file that is run by Bun has no name to complete. */
const NAME = "footing-debug";

/**
 * The script that a shell sources to have `footing-debug`, and to complete its commands, options and the values of options
 * that have a choice.
 * @param run - the program and arguments that start the tool
 */
export function completionScript(program: Command, shell: string, run: readonly string[]): string {
  const commands = program.commands.map((command): Completable => {
    return { name: command.name(), summary: command.summary(), options: command.createHelp().visibleOptions(command) };
  });
  const start = run.map(quoted).join(" ");
  if (shell === "bash") return `${NAME}() { ${start} "$@"; }\n${bashScript(commands)}`;
  if (shell === "zsh") return `#compdef ${NAME}\n${NAME}() { ${start} "$@"; }\n${zshScript(commands)}`;
  if (shell === "fish") return `function ${NAME}\n  ${start} $argv\nend\n${fishScript(commands)}`;
  throw new DebugError("usage", `no completion for ${shell}`, `there is one for ${shells.join(", ")}`);
}

const flagsOf = ({ short, long }: Option): string[] => [short, long].filter((flag) => flag !== undefined);

function bashScript(commands: readonly Completable[]): string {
  const cases = commands.map((command) => {
    const flags = command.options.flatMap(flagsOf).join(" ");
    return `    ${command.name}) words="${flags}" ;;`;
  });
  const choices = commands.flatMap((command) =>
    command.options.flatMap((option) =>
      option.argChoices === undefined
        ? []
        : [`    ${command.name}:${option.long}) words="${option.argChoices.join(" ")}" ;;`],
    ),
  );
  return `_footing_debug() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map((command) => command.name).join(" ")}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}:$previous" in
    *:--local) COMPREPLY=($(compgen -f -- "$current")); return ;;
${choices.join("\n")}
  esac
  [ -n "$words" ] || case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _footing_debug ${NAME}
`;
}

/** Text within single quotes, for zsh and fish alike. */
const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "'\\''")}'`;

function zshScript(commands: readonly Completable[]): string {
  const described = commands.map((command) => `    ${quoted(`${command.name}:${command.summary}`)}`);
  const cases = commands.map((command) => {
    const specs = command.options.flatMap((option) => flagsOf(option).map((flag) => zshSpec(option, flag)));
    return `    ${command.name}) _arguments ${[...specs, "'*:: :_files'"].join(" \\\n      ")} ;;`;
  });
  return `_footing_debug() {
  local -a commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "\${words[2]}" in
${cases.join("\n")}
  esac
}
compdef _footing_debug ${NAME}
`;
}

function zshSpec(option: Option, flag: string): string {
  const text = option.description.replace(/[[\]:]/g, "\\$&");
  if (!option.required) return quoted(`${flag}[${text}]`);
  if (option.variadic) return quoted(`*${flag}[${text}]:file:_files`);
  const values = option.argChoices === undefined ? "" : `(${option.argChoices.join(" ")})`;
  return quoted(`${flag}[${text}]:value:${values}`);
}

function fishScript(commands: readonly Completable[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c ${NAME} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.summary)}`,
    ...command.options.map((option) => {
      const flags = `${option.short === undefined ? "" : `-s ${option.short.slice(1)} `}-l ${option.long?.slice(2) ?? ""}`;
      const choices = option.argChoices === undefined ? "" : ` -f -a ${quoted(option.argChoices.join(" "))}`;
      const value = option.required ? ` -r${choices}` : "";
      const when = quoted(`__fish_seen_subcommand_from ${command.name}`);
      return `complete -c ${NAME} -n ${when} ${flags}${value} -d ${quoted(option.description)}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}
