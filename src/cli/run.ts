import { Command, CommanderError } from 'commander'
import { MillraceError } from '../index.ts'
import { previewCommand } from './preview/command.ts'
import type { Terminal } from './terminal.ts'
import { tfrecordCommand } from './tfrecord/command.ts'

/**
 * Runs the command line.
 *
 * @param args what follows the program's name
 * @returns the exit code: 0 where all is well, 1 where there is a problem with the data, 2 where the command is wrong
 *
 * @example
 * process.exitCode = await run(['tfrecord', 'verify', 'train.tfrecord'], process)
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  const problem = (): void => {
    exitCode = 1
  }
  const program = new Command('millrace').description('Streaming data pipelines: tools for their files')
  program.addCommand(tfrecordCommand(terminal, problem))
  program.addCommand(previewCommand(terminal))
  for (const command of allCommands(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof MillraceError)) throw error
    terminal.stderr.write(`${error.name}: ${error.message}\n`)
    return error.name === 'InvalidArgumentError' && error.file === undefined ? 2 : 1
  }
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)]
}
