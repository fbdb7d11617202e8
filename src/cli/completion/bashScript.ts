import { allOf, type CommandTree, type Value } from './commandTree.ts'

/**
 * A script for bash, of any version from 3.2 on. It walks the words before the cursor to the command at hand; where it
 * offers nothing, bash completes the names of files.
 */
export function bashScript(tree: CommandTree): string {
  const commands = allOf(tree)
  return `# Completion of millrace for bash: source <(millrace completion bash)
_millrace() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} at=${tree.name} words= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
      ${patterns(commands.slice(1).map(({ path }) => path))}) at="$at \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$at $prev" in
${commands.flatMap(optionCases).join('\n')}
  esac
  case "$at" in
${commands.map(commandCase).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o bashdefault -o default -F _millrace ${tree.name}`
}

/** What follows an option that takes a value. */
function optionCases({ path, options }: CommandTree): string[] {
  return options
    .filter(({ value }) => value !== 'none')
    .map(({ flags, value }) => {
      const reply = isWords(value) ? `COMPREPLY=($(compgen -W "${value.join(' ')}" -- "$cur")); ` : ''
      return `    ${patterns(flags.map((flag) => `${path} ${flag}`))}) ${reply}return ;;`
    })
}

function commandCase({ path, options, commands, value }: CommandTree): string {
  const flags = options.flatMap((option) => option.flags).filter((flag) => flag.startsWith('--'))
  const words = [...commands.map(({ name }) => name), ...(isWords(value) ? value : [])]
  return `    "${path}") if [[ $cur == -* ]]; then words="${flags.join(' ')}"; else words="${words.join(' ')}"; fi ;;`
}

function patterns(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(' | ')
}

function isWords(value: Value): value is readonly string[] {
  return typeof value !== 'string'
}
