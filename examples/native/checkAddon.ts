import { run, step } from './run.ts'

/** Trains one step with the package in `argv[1]` and prints the backend, in a process of its own. */
const program = `
const util = require('node:util')
util.isNullOrUndefined ??= (value) => value === null || value === undefined
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
const node = require(process.argv[1])
const tf = require('@tensorflow/tfjs')
const weight = tf.variable(tf.scalar(0))
const cost = tf.train.sgd(0.1).minimize(() => tf.square(tf.sub(weight, 1)), true)
if (cost.dataSync()[0] !== 1 || Math.abs(weight.dataSync()[0] - 0.2) > 1e-6) throw new Error('A training step went wrong.')
if (node.getBackend() !== tf.getBackend()) throw new Error('tfjs-node and tfjs do not share one tfjs.')
console.log(tf.getBackend())
`

/**
 * Loads the package in `folder` and trains one step with it.
 *
 * @returns the name of the backend, `tensorflow`
 */
export async function checkAddon(folder: string): Promise<string> {
  const printed = await step('training one step with it', () =>
    run({
      command: process.execPath,
      args: ['-e', program, folder],
      cwd: folder,
      missing: 'Node could not be started.',
      failed: 'The addon was built but does not work.',
    }),
  )
  return printed.trim()
}
