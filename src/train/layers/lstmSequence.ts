import * as tf from '@tensorflow/tfjs'
import { lstmBackward, lstmForward, type GateActivation, type LstmShape, type LstmWeights } from './lstmKernel.ts'

/** How an LSTM runs over its sequences. */
export interface LstmSequenceOptions {
  readonly units: number
  readonly activation: GateActivation
  /** Whether it begins at the end of time. */
  readonly backwards: boolean
  /** Whether the output of every step is wanted, [batch, time, units], or that of the last one done, [batch, units]. */
  readonly sequences: boolean
  /** Whether the outputs of a backwards run are put in the order of time; else they stay in the order they are made. */
  readonly inTime: boolean
  /** [batch, time]: 0 for steps that pass the state on as it is. */
  readonly mask?: tf.Tensor | undefined
}

/** The weights of an LSTM as tfjs and Keras have them: [inputs, 4 units], [units, 4 units], [4 units]. */
export interface LstmTensors {
  readonly kernel: tf.Tensor
  readonly recurrent: tf.Tensor
  readonly bias: tf.Tensor
}

/**
 * An LSTM over whole sequences as one operation with one gradient, computed in this thread on any backend (see
 * `lstmKernel.ts`). It has a gradient, but no gradient of its gradient.
 *
 * @param x [batch, time, inputs]
 * @returns float32 [batch, time, units] or [batch, units]
 */
export function lstmSequence(x: tf.Tensor, tensors: LstmTensors, options: LstmSequenceOptions): tf.Tensor {
  const [batch, steps, inputs] = x.shape
  const { units, activation, backwards, sequences, mask } = options
  const shape: LstmShape = { batch, steps, inputs, units, activation, backwards }
  const flipOutput = backwards && options.inTime
  const maskBytes = mask && Uint8Array.from(maybeFlipped(Float64Array.from(mask.dataSync()), shape, 1, backwards))

  const run = tf.customGrad((...args) => {
    const [values, kernel, recurrent, bias] = args as unknown as tf.Tensor[]
    const weights: LstmWeights = { kernel: float64(kernel), recurrent: float64(recurrent), bias: float64(bias) }
    const trace = lstmForward(shape, maybeFlipped(float64(values), shape, inputs, backwards), weights, maskBytes)
    const output = sequences
      ? tensor(maybeFlipped(trace.hidden, shape, units, flipOutput), [batch, steps, units])
      : tensor(lastStep(trace.hidden, shape), [batch, units])
    const gradFunc = (dy: tf.Tensor): tf.Tensor[] => {
      const dHidden = sequences ? maybeFlipped(float64(dy), shape, units, flipOutput) : atLastStep(float64(dy), shape)
      const gradients = lstmBackward(shape, weights, trace, dHidden)
      return [
        tensor(maybeFlipped(gradients.x, shape, inputs, backwards), [batch, steps, inputs]),
        tensor(gradients.kernel, kernel.shape),
        tensor(gradients.recurrent, recurrent.shape),
        tensor(gradients.bias, bias.shape),
      ]
    }
    return { value: output, gradFunc }
  })
  return run(x, tensors.kernel, tensors.recurrent, tensors.bias)
}

function float64(x: tf.Tensor): Float64Array {
  return Float64Array.from(x.dataSync())
}

function tensor(values: Float64Array, shape: number[]): tf.Tensor {
  return tf.tensor(Float32Array.from(values), shape)
}

/** [batch, steps, width], with the steps in the opposite order where that is wanted. */
function maybeFlipped(values: Float64Array, { batch, steps }: LstmShape, width: number, flip: boolean): Float64Array {
  if (!flip) return values
  const flipped = new Float64Array(values.length)
  for (let row = 0; row < batch; row++) {
    for (let step = 0; step < steps; step++) {
      const from = (row * steps + step) * width
      flipped.set(values.subarray(from, from + width), (row * steps + steps - 1 - step) * width)
    }
  }
  return flipped
}

function lastStep(hidden: Float64Array, { batch, steps, units }: LstmShape): Float64Array {
  const last = new Float64Array(batch * units)
  for (let row = 0; row < batch; row++) {
    const end = (row + 1) * steps * units
    last.set(hidden.subarray(end - units, end), row * units)
  }
  return last
}

/** Gradients of the last step's output among zeros for the others. */
function atLastStep(dy: Float64Array, { batch, steps, units }: LstmShape): Float64Array {
  const all = new Float64Array(batch * steps * units)
  for (let row = 0; row < batch; row++) {
    all.set(dy.subarray(row * units, (row + 1) * units), (row + 1) * steps * units - units)
  }
  return all
}
