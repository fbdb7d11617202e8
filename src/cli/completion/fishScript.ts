import { allOf, type CommandTree, type OptionWords } from './commandTree.ts'

/** A script for fish: one line for each command, option and word. */
export function fishScript(tree: CommandTree): string {
  const commands = allOf(tree)
  const paths = commands.slice(1).map(({ path }) => quoted(path))
  return `# Completion of millrace for fish: millrace completion fish > ~/.config/fish/completions/millrace.fish
function __millrace_at --description 'Whether the command line is at this command of millrace'
    set -l at ${tree.name}
    for word in (commandline -opc)[2..]
        contains -- "$at $word" ${paths.join(' ')}; and set at "$at $word"
    end
    test "$at" = "$argv"
end
complete -c ${tree.name} -f
${commands.flatMap((command) => linesOf(tree.name, command)).join('\n')}`
}

function linesOf(program: string, { path, options, commands, value }: CommandTree): string[] {
  const at = `complete -c ${program} -n ${quoted(`__millrace_at ${path}`)}`
  return [
    ...commands.map(({ name, description }) => `${at} -a ${name} -d ${quoted(description)}`),
    ...options.map((option) => `${at}${optionText(option)}`),
    ...(value === 'file' ? [`${at} -F`] : []),
    ...(typeof value === 'string' ? [] : [`${at} -a ${quoted(value.join(' '))}`]),
  ]
}

function optionText({ flags, description, value }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? ` -l ${flag.slice(2)}` : ` -s ${flag.slice(1)}`))
  const takes =
    value === 'none'
      ? ''
      : value === 'file'
        ? ' -r -F'
        : value === 'other'
          ? ' -x'
          : ` -x -a ${quoted(value.join(' '))}`
  return `${names.join('')}${takes} -d ${quoted(description)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
