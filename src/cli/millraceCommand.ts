import { createRequire } from 'node:module'
import { Command } from 'commander'
import { cacheCommand } from './cache/command.ts'
import { completionCommand } from './completion/command.ts'
import { newCommand } from './new/command.ts'
import { examples } from './options.ts'
import { benchCommand, explainCommand } from './pipeline/command.ts'
import { previewCommand } from './preview/command.ts'
import type { Terminal } from './terminal.ts'
import { tfrecordCommand } from './tfrecord/command.ts'

/**
 * `millrace`, with all its commands. They say what they take, and load what they need once they are run.
 *
 * @param exit to be called with the exit code by a command that finds a problem and goes on
 */
export function millraceCommand(terminal: Terminal, exit: (code: number) => void): Command {
  const program = new Command('millrace')
    .description('Streaming data pipelines: tools for their plans, their speed, and their files')
    .version(packageVersion(), '--version', 'print the version')
  const commands = [
    newCommand(terminal),
    explainCommand(terminal),
    benchCommand(terminal, exit),
    tfrecordCommand(terminal, exit),
    previewCommand(terminal),
    cacheCommand(terminal, exit),
    completionCommand(terminal, program),
  ]
  for (const command of commands) program.addCommand(command)
  return program.addHelpText(
    'after',
    `${examples(
      ['millrace new digits', 'write a small pipeline and trainer to begin with'],
      ['millrace explain pipeline.ts', 'what a pipeline does, as written and as it runs'],
      ['millrace bench pipeline.ts#train', 'how fast it is, and what slows it down'],
      ["millrace tfrecord info 'train-*.tfrecord'", 'what is in files'],
    )}

Exit codes: 0 all is well, 1 a problem with data or a pipeline, 2 a wrong command, 130 stopped by ctrl-C.`,
  )
}

/** The version of this package. */
export function packageVersion(): string {
  return (createRequire(import.meta.url)('millrace/package.json') as { version: string }).version
}
