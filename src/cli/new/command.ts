import { Command } from 'commander'
import { examples, json, type JsonOptions } from '../options.ts'
import type { Terminal } from '../terminal.ts'

export interface NewOptions extends JsonOptions {
  readonly javascript: boolean
}

/** `millrace new ...` */
export function newCommand(terminal: Terminal): Command {
  return new Command('new')
    .description('Write a small pipeline and a trainer into an empty folder, to begin with')
    .argument('[directory]', 'an empty folder, or one that is not there yet', '.')
    .option('--javascript', 'in JavaScript (TypeScript)', false)
    .addOption(json)
    .addHelpText(
      'after',
      examples(
        ['millrace new shapes', 'then: cd shapes && npm install && npm start'],
        ['millrace new shapes --javascript', 'the same without types'],
      ),
    )
    .action(async (directory: string, options: NewOptions) => {
      const { newProject } = await import('./newProject.ts')
      await newProject(directory, options, terminal)
    })
}
