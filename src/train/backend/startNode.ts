import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs'
import { firstLineOf, UnavailableError } from '../../core/errors.ts'

const packageName: string = '@tensorflow/tfjs-node'

/**
 * Starts tfjs-node: TensorFlow's own kernels, on every core.
 *
 * @throws UnavailableError where it is missing, was never built, or belongs to another copy of tfjs
 */
export async function startNode(): Promise<void> {
  // TensorFlow greets on stderr with what it found on this machine; errors still come through.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  bringBack()
  try {
    await (loading ??= load())
  } catch (cause) {
    throw new UnavailableError(`tfjs-node does not load: ${firstLineOf(cause)}.`, {
      hint: `Run: npm install ${packageName}, or choose 'wasm'. A clone of millrace builds it by npm run native.`,
      cause,
    })
  }
  if ((tf.findBackendFactory('tensorflow') as unknown) === null) {
    throw new UnavailableError('tfjs-node brought its own copy of tfjs, so that tensors could not be shared.', {
      hint: `Install both in one version: npm install @tensorflow/tfjs@4.22.0 ${packageName}@4.22.0`,
    })
  }
  await tf.setBackend('tensorflow')
}

let loading: Promise<void> | undefined

/** Loads it, once. What it finds its addon with reads the flags of whatever program runs, and takes a `--dir` for its own. */
async function load(): Promise<void> {
  const { argv } = process
  process.argv = argv.slice(0, 2)
  try {
    await import(packageName)
  } finally {
    process.argv = argv
  }
}

/** tfjs-node calls a function of `node:util` that newer versions of Node no longer have. */
function bringBack(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
}
