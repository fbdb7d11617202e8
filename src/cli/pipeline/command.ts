import { Command } from 'commander'
import { examples, json, positive, whole, type JsonOptions } from '../options.ts'
import type { Terminal } from '../terminal.ts'

/** What commands take that are given a pipeline. */
export interface PipelineArguments extends JsonOptions {
  /** Arguments of the function that gives the dataset, as JSON. */
  readonly args?: string
}

export interface BenchOptions extends PipelineArguments {
  readonly elements?: number
  readonly seconds: number
  readonly warmup: number
  readonly repeat: number
}

/** `millrace explain ...` */
export function explainCommand(terminal: Terminal): Command {
  return pipelineCommand('explain', 'Print the plan of a pipeline, as it was written and as it runs')
    .addHelpText(
      'after',
      examples(
        ['millrace explain pipeline.ts', 'the default export'],
        ['millrace explain pipeline.js#train --json', 'the export train, for programs'],
        [`millrace explain pipeline.ts#train --args '["data", 32]'`, 'what train("data", 32) returns'],
      ),
    )
    .action(async (pipeline: string, options: PipelineArguments) => {
      const { explain } = await import('./explain.ts')
      await explain(pipeline, options, terminal)
    })
}

/**
 * `millrace bench ...`
 *
 * @param exit to be called with the exit code where it was stopped
 */
export function benchCommand(terminal: Terminal, exit: (code: number) => void): Command {
  return pipelineCommand('bench', 'Measure how fast a pipeline is, and name what slows it down')
    .option('--elements <n>', 'elements of a round (all, as far as its seconds go)', whole(1))
    .option('--seconds <s>', 'a round ends after so many seconds, if it has not before', positive, 3)
    .option('--warmup <n>', 'rounds before the measured ones', whole(0), 1)
    .option('--repeat <n>', 'measured rounds; the median is printed, with the least and the most', whole(1), 5)
    .addHelpText(
      'after',
      examples(
        ['millrace bench pipeline.ts', 'the default export, 3 seconds a round'],
        ['millrace bench pipeline.js#train --elements 1000 --repeat 9', 'nine rounds of the first 1000 elements'],
        [`millrace bench pipeline.ts#train --args '["data", 32]' --json`, 'what train("data", 32) returns'],
      ),
    )
    .action(async (pipeline: string, options: BenchOptions) => {
      const { bench } = await import('./bench.ts')
      if (!(await bench(pipeline, options, terminal))) exit(130)
    })
}

function pipelineCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<pipeline>', 'a module that exports a Dataset, or a function that gives one: path or path#export')
    .option('--args <json>', 'arguments of that function, as a JSON array')
    .addOption(json)
}
