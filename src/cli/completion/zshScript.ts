import { allOf, type CommandTree, type Value } from './commandTree.ts'

/** A script for zsh: as a function of the completion system, or sourced after compinit. */
export function zshScript(tree: CommandTree): string {
  const commands = allOf(tree)
  return `#compdef ${tree.name}
# Completion of millrace for zsh: source <(millrace completion zsh), after compinit.
_millrace() {
  local at=${tree.name} previous=\${words[CURRENT-1]} files=
  local -a offered flags
  integer i
  for ((i = 2; i < CURRENT; i++)); do
    case "$at \${words[i]}" in
      (${patterns(commands.slice(1).map(({ path }) => path))}) at="$at \${words[i]}" ;;
    esac
  done
  case "$at $previous" in
${commands.flatMap(optionCases).join('\n')}
  esac
  case "$at" in
${commands.map(commandCase).join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe -o option flags
  else
    (( $#offered )) && _describe command offered
    [[ -n $files ]] && _files
  fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _millrace "$@"
else
  compdef _millrace ${tree.name}
fi`
}

function optionCases({ path, options }: CommandTree): string[] {
  return options
    .filter(({ value }) => value !== 'none')
    .map(({ flags, value }) => {
      const reply = typeof value !== 'string' ? `compadd -- ${value.join(' ')}; ` : value === 'file' ? '_files; ' : ''
      return `    (${patterns(flags.map((flag) => `${path} ${flag}`))}) ${reply}return ;;`
    })
}

function commandCase({ path, options, commands, value }: CommandTree): string {
  const flags = options.flatMap((option) => option.flags.map((flag) => described(flag, option.description)))
  const words = [...commands.map(({ name, description }) => described(name, description)), ...wordsOf(value)]
  const files = value === 'file' ? 'files=1' : 'files='
  return `    (${patterns([path])}) flags=(${flags.join(' ')}); offered=(${words.join(' ')}); ${files} ;;`
}

function wordsOf(value: Value): string[] {
  return typeof value === 'string' ? [] : value.map((word) => described(word, word))
}

/** A word with what it means, as `_describe` takes it. */
function described(word: string, description: string): string {
  return `'${`${word}:${description.replaceAll(':', '\\:')}`.replaceAll("'", "'\\''")}'`
}

function patterns(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(' | ')
}
