import { type Command } from '@commander-js/extra-typings';

/** Shells with completion. */
export const shells = ['bash', 'zsh', 'fish'] as const;

/** A word of the command line that can follow others. */
interface Word {
  /** The commands before it: `` at the beginning, such as `events`, or `events list`. */
  readonly after: string;
  readonly word: string;
  readonly description: string;
}

/** Makes the script with which a shell completes the commands and options of a program. It calls nothing. */
export function completionScript(shell: (typeof shells)[number], program: Command): string {
  const words = wordsOf(program, []);
  switch (shell) {
    case 'bash':
      return bash(words);
    case 'zsh':
      return `#compdef gatehouse\nautoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
    case 'fish':
      return fish(words);
  }
}

function wordsOf(command: Command, path: readonly string[]): Word[] {
  const after = path.join(' ');
  const options = command.options
    .filter(({ long, hidden }) => long !== undefined && long !== null && !hidden)
    .map(({ long, description }) => ({ after, word: long ?? '', description }));
  const children = command.commands as readonly Command[];
  return [
    ...children.map((child) => ({ after, word: child.name(), description: child.description() })),
    ...options,
    { after, word: '--help', description: 'display help for command' },
    ...children.flatMap((child) => wordsOf(child, [...path, child.name()])),
  ];
}

function bash(words: readonly Word[]): string {
  const byPath = new Map<string, string[]>();
  for (const { after, word } of words) byPath.set(after, [...(byPath.get(after) ?? []), word]);
  const cases = [...byPath].map(([after, list]) => `    "${after}") words="${list.join(' ')}" ;;`);
  return `_gatehouse() {
  local path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] || path="\${path:+$path }$word"
  done
  while :; do
    case "$path" in
${cases.map((line) => `  ${line}`).join('\n')}
    esac
    [[ -n $words || -z $path ]] && break
    [[ $path == *" "* ]] && path="\${path% *}" || path=""
  done
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _gatehouse gatehouse
`;
}

function fish(words: readonly Word[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = words.map(({ after, word, description }) => {
    const condition = after === '' ? '__fish_use_subcommand' : `__gatehouse_after ${after}`;
    const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
    return `complete -c gatehouse -f -n ${quoted(condition)} ${what} -d ${quoted(description)}`;
  });
  return `function __gatehouse_after
  set -l words (string match -v -- '-*' (commandline -opc)[2..])
  test (count $words) -ge (count $argv); and test "$words[1..(count $argv)]" = "$argv"
end
${lines.join('\n')}
`;
}
