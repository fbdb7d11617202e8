import * as tf from '@tensorflow/tfjs'
import { checkCount, checkOptions } from '../../core/checks.ts'
import { NdArray } from '../../ndarray/ndarray.ts'
import type { Logs } from '../fitReport.ts'
import type { Callback, CallbackState, TrainContext } from './callback.ts'
import { Monitor, type MonitorOptions } from './monitor.ts'

/** Options of `earlyStopping`. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Measures without a better one after which it stops; 0, the default, stops at the first. */
  readonly patience?: number
  /** Whether the model ends with the weights of its best measure; false by default. They are kept in memory. */
  readonly restoreBest?: boolean
}

/**
 * Ends a run when a measure gets no better (`tf.keras.callbacks.EarlyStopping`). A measure of validation counts after
 * each validation, any other after each pass. What it has seen, and the best weights, are in the run's checkpoints.
 *
 * @throws InvalidArgumentError from `fit`, where a measure of validation is monitored and there is no validation
 * @example
 * await fit(model, batches, { epochs: 100, validation, callbacks: [earlyStopping({ patience: 3, restoreBest: true })] })
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  checkOptions('earlyStopping', options, ['monitor', 'mode', 'minDelta', 'patience', 'restoreBest'])
  const patience = checkCount('earlyStopping', 'patience', options.patience ?? 0)
  const { restoreBest = false } = options
  const monitor = new Monitor('earlyStopping', options)
  let waited = 0
  let stopped = false
  let weights: ReadonlyMap<string, NdArray> = new Map()

  const look = async (logs: Logs, context: TrainContext): Promise<void> => {
    if (monitor.isBest(logs)) {
      waited = 0
      if (restoreBest) weights = await weightsOf(context.model)
    } else if (++waited >= Math.max(1, patience)) {
      stopped = true
      stop(context)
    }
  }
  const stop = (context: TrainContext): void => {
    context.stop(`${monitor.name} was no better than ${String(monitor.best)} for ${waited} measures`)
  }
  return {
    onTrainBegin(context) {
      monitor.check(context)
      if (stopped) stop(context)
    },
    async onValidationEnd({ logs }, context) {
      if (monitor.ofValidation) await look(logs, context)
    },
    async onEpochEnd({ logs }, context) {
      if (!monitor.ofValidation) await look(logs, context)
    },
    onTrainEnd({ interrupted }, { model }) {
      // One that was interrupted is to go on, from its last weights.
      if (weights.size > 0 && !interrupted) putWeights(model, weights)
    },
    save: () => ({ values: { best: monitor.best ?? null, waited, stopped }, tensors: weights }),
    restore({ values, tensors = new Map() }: CallbackState) {
      const state = values as { best: number | null; waited: number; stopped: boolean }
      monitor.best = state.best ?? undefined
      waited = state.waited
      stopped = state.stopped
      weights = tensors
    },
  }
}

async function weightsOf(model: tf.LayersModel): Promise<ReadonlyMap<string, NdArray>> {
  const copies = model.getWeights().map(async (weight, i): Promise<[string, NdArray]> => {
    const data = (await weight.data<'float32'>()).slice()
    return [String(i), new NdArray('float32', weight.shape, data)]
  })
  return new Map(await Promise.all(copies))
}

function putWeights(model: tf.LayersModel, weights: ReadonlyMap<string, NdArray>): void {
  tf.tidy(() => {
    model.setWeights(
      [...weights.values()].map(({ data, shape }) => tf.tensor(data as Float32Array, [...shape] as number[])),
    )
  })
}
