/** `splitbrain completion`: completion for shells, made of the commands as they are and of the registries. */
import { Command, type Option } from 'commander';
import { datatypes, modelNames } from 'elle-ts';
import { databases } from '../databases/registry.ts';
import { CLUSTER_NAMES } from '../harness/clusters/names.ts';
import { MIXES, NAMED } from '../harness/faults/draw.ts';
import { RHYTHM_NAMES } from '../harness/faults/rhythm.ts';
import { unknownName } from '../harness/setting/suggestions.ts';
import { systems } from '../systems/registry.ts';
import { workloads } from '../workloads/registry.ts';
import { EXIT, UsageError } from './exit.ts';
import { LISTS } from './list.ts';

const EXAMPLE = `
Examples:
  $ source <(splitbrain completion bash)                          in ~/.bashrc
  $ source <(splitbrain completion zsh)                           in ~/.zshrc, after compinit
  $ splitbrain completion fish > ~/.config/fish/completions/splitbrain.fish

It completes the command splitbrain, as it is with node_modules/.bin on the PATH; what npx runs no shell completes.`;

/** What may follow an option or stand as an argument, where that is one of a few names. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--system': [...systems, ...databases].map(({ name }) => name),
  '--workload': workloads.map(({ name }) => name),
  '--faults': [...Object.keys(NAMED), ...Object.keys(MIXES)],
  '--model': [...new Set(datatypes.flatMap((one) => modelNames(one)))],
  '--cluster': CLUSTER_NAMES,
  '--rhythm': RHYTHM_NAMES,
  '--type': datatypes.map(({ name }) => name),
};
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = { list: LISTS };

/** An option as shells know it. */
interface Flag {
  readonly long: string;
  readonly says: string;
  readonly takesValue: boolean;
  readonly values: readonly string[];
}

interface Completed {
  readonly name: string;
  readonly says: string;
  readonly flags: readonly Flag[];
  readonly values: readonly string[];
}

/** `whole` makes the command line with all of its commands. */
export function completionCommand(whole: () => Promise<Command>): Command {
  return new Command('completion')
    .description('print what completes this command in a shell: bash, zsh or fish')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', EXAMPLE)
    .action(async (shell: string) => {
      const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
      if (!script) throw new UsageError(unknownName('shell with completion', shell, Object.keys(SCRIPTS)));
      const { commands } = await whole();
      process.stdout.write(script(commands.map(completed)));
      process.exitCode = EXIT.held;
    });
}

function completed(command: Command): Completed {
  const name = command.name();
  const flags = [...command.options.map(flagOf), { long: '--help', says: 'help', takesValue: false, values: [] }];
  const values = name === 'completion' ? Object.keys(SCRIPTS) : (ARGUMENTS[name] ?? []);
  return { name, says: command.description(), flags: flags.filter(({ long }) => long !== ''), values };
}

function flagOf({ long, description, required, optional, argChoices }: Option): Flag {
  const name = long ?? '';
  return { long: name, says: description, takesValue: required || optional, values: argChoices ?? VALUES[name] ?? [] };
}

const SCRIPTS: Readonly<Record<string, (commands: readonly Completed[]) => string>> = {
  bash,
  zsh: (commands) => `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`,
  fish,
};

/** Where nothing of ours fits, bash completes names of files. */
function bash(commands: readonly Completed[]): string {
  const names = commands.map(({ name }) => name);
  const valued = commands.flatMap(({ name, flags }) =>
    flags.filter(({ values }) => values.length > 0).map(({ long, values }) => bashCase(`${name} ${long}`, values)),
  );
  const files = commands.flatMap(({ name, flags }) =>
    flags
      .filter(({ takesValue, values }) => takesValue && values.length === 0)
      .map(({ long }) => `    '${name} ${long}') return ;;\n`),
  );
  const own = commands.map(({ name, flags }) =>
    bashCase(
      name,
      flags.map(({ long }) => long),
    ),
  );
  const rest = commands.filter(({ values }) => values.length > 0).map(({ name, values }) => bashCase(name, values));
  return `# Completion for splitbrain, printed by: splitbrain completion bash
_splitbrain() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
    ${names.join('|')}) command="\${COMP_WORDS[i]}"; break ;;
    esac
  done
  COMPREPLY=()
  case "$command $before" in
${[...valued, ...files].join('')}  esac
  if [[ -n "$words" ]]; then
    :
  elif [[ -z "$command" ]]; then
    words='${names.join(' ')} --help --version'
  elif [[ "$word" == -* ]]; then
    case "$command" in
${own.join('')}    esac
  else
    case "$command" in
${rest.join('')}    esac
  fi
  # Of names with commas between them the last is completed.
  local first=''
  if [[ "$word" == *,* && "$before" == --faults ]]; then first="\${word%,*},"; fi
  COMPREPLY=($(compgen -P "$first" -W "$words" -- "\${word#"$first"}"))
}
complete -o default -F _splitbrain splitbrain
`;
}

function bashCase(when: string, words: readonly string[]): string {
  return `    '${when}') words='${words.join(' ')}' ;;\n`;
}

function fish(commands: readonly Completed[]): string {
  const lines = ['# Completion for splitbrain, printed by: splitbrain completion fish'];
  for (const { name, says, flags, values } of commands) {
    const within = `-n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
    lines.push(`complete -c splitbrain -n __fish_use_subcommand -f -a ${name} -d ${quoted(says)}`);
    if (values.length > 0) lines.push(`complete -c splitbrain ${within} -f -a ${quoted(values.join(' '))}`);
    for (const { long, says: what, takesValue, values: of } of flags) {
      const value = of.length > 0 ? ` -x -a ${quoted(of.join(' '))}` : takesValue ? ' -r' : '';
      lines.push(`complete -c splitbrain ${within} -l ${long.slice(2)}${value} -d ${quoted(what)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
