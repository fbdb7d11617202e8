import { Argument, Command } from 'commander'
import { examples } from '../options.ts'
import { printLine, type Terminal } from '../terminal.ts'

const shells = ['bash', 'zsh', 'fish'] as const

/** `millrace completion ...`; what is completed is read off the commands of `program`. */
export function completionCommand(terminal: Terminal, program: Command): Command {
  return new Command('completion')
    .description('Print a script that completes commands, options and files in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      examples(
        ['source <(millrace completion bash)', 'in ~/.bashrc'],
        ['source <(millrace completion zsh)', 'in ~/.zshrc, after compinit'],
        ['millrace completion fish > ~/.config/fish/completions/millrace.fish', 'once'],
      ),
    )
    .action(async (shell: (typeof shells)[number]) => {
      const { bashScript, fishScript, treeOf, zshScript } = await import('./scripts.ts')
      const script = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell]
      printLine(terminal, script(treeOf(program)))
    })
}
