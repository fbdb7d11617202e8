import { CommanderError, type Command } from 'commander'
import { complaint, isMillraceError } from './complaint.ts'
import { millraceCommand } from './millraceCommand.ts'
import type { Terminal } from './terminal.ts'

/**
 * Runs the command line.
 *
 * @param args what follows the program's name
 * @returns the exit code: 0 where all is well, 1 where there is a problem with the data, 2 where the command is wrong, 130
 *   where it was stopped by ctrl-C
 *
 * @example
 * process.exitCode = await run(['tfrecord', 'verify', 'train.tfrecord'], process)
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  const program = millraceCommand(terminal, (code) => {
    exitCode = code
  })
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
    if (!isMillraceError(error)) throw error
    terminal.stderr.write(`${complaint(error)}\n`)
    return error.name === 'InvalidArgumentError' && error.file === undefined && error.path === undefined ? 2 : 1
  }
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)]
}
