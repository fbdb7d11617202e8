import * as tf from '@tensorflow/tfjs'
import { checkCount, checkOptions, wrongArgument } from '../../core/checks.ts'
import { UnavailableError } from '../../core/errors.ts'
import { startNode } from './startNode.ts'
import { startWasm } from './startWasm.ts'

/** What runs the arithmetic: tfjs-node, wasm, plain JavaScript, or the first of these that loads. */
export type BackendChoice = 'auto' | 'node' | 'wasm' | 'cpu'

/** How the backend is set up. */
export interface BackendOptions {
  /** Threads of the wasm backend, the caller's among them, from 1; by default one a core, at most 8. */
  readonly threads?: number
}

/** The backend that is set. */
export interface Backend {
  readonly name: 'node' | 'wasm' | 'cpu'
  /** The tfjs that uses it: the same one that `import '@tensorflow/tfjs'` gives. */
  readonly tf: typeof tf
  /** Threads of the wasm backend; undefined for the others. */
  readonly threads?: number
  /** With 'auto', why tfjs-node is not what runs. */
  readonly passedOver?: UnavailableError
}

const choices = ['auto', 'node', 'wasm', 'cpu']

/**
 * Chooses what tfjs computes with, from here on and for the whole process.
 *
 * @param choice 'node' is tfjs-node, the fastest, where it is built (`npm run native`); 'wasm' runs anywhere, with the
 *   gradient kernels that training needs added; 'cpu' is plain JavaScript, a hundred times slower; 'auto', the default,
 *   is tfjs-node where it loads and wasm elsewhere
 * @param options threads of wasm
 * @returns the backend and its `tf`
 * @throws UnavailableError where the choice does not load; its `cause` says why
 * @example
 * const { name, tf } = await setBackend('wasm') // 'auto' takes tfjs-node where it loads
 * console.log(name) // wasm
 */
export async function setBackend(choice: BackendChoice = 'auto', options: BackendOptions = {}): Promise<Backend> {
  if (!choices.includes(choice)) throw wrongArgument('setBackend', 'choice', `one of ${choices.join(', ')}`, choice)
  checkOptions('setBackend', options, ['threads'])
  if (options.threads !== undefined) checkCount('setBackend', 'threads', options.threads, { min: 1 })
  if (choice === 'cpu') return startCpu()
  if (choice === 'wasm') return { name: 'wasm', tf, threads: await startWasm(options.threads) }
  try {
    await startNode()
    return { name: 'node', tf }
  } catch (thrown) {
    if (choice === 'node' || !(thrown instanceof UnavailableError)) throw thrown
    return { name: 'wasm', tf, threads: await startWasm(options.threads), passedOver: thrown }
  }
}

async function startCpu(): Promise<Backend> {
  await tf.setBackend('cpu')
  // Its first tensor prints an advertisement for tfjs-node, unless tfjs takes itself to be in production.
  const production = tf.env().getBool('PROD')
  tf.env().set('PROD', true)
  tf.scalar(0).dispose()
  tf.env().set('PROD', production)
  return { name: 'cpu', tf }
}
