import * as tf from '@tensorflow/tfjs'
import { checkCount, checkOptions, wrongArgument } from '../../core/checks.ts'
import { DataLossError } from '../../core/errors.ts'

/** A step size, or one for each step: it is given the number of updates done, and must depend on nothing else. */
export type LearningRate = number | ((step: number) => number)

/** What every optimizer of millrace takes. */
export interface OptimizerOptions {
  /** Step size; a function, such as `cosineDecay({ ... })`, is given the number of updates done. */
  readonly learningRate?: LearningRate
  /**
   * Steps whose gradients are averaged for one update (`gradient_accumulation_steps` of Keras), so that small batches
   * train as one large one; 1 by default.
   */
  readonly gradientAccumulationSteps?: number
}

type NamedTensor = Parameters<tf.Optimizer['setWeights']>[0][number]

/** What an update makes of one weight: its new value, and the new values of its slots. */
export interface Updated {
  readonly value: tf.Tensor
  readonly slots: readonly tf.Tensor[]
}

/** What an update knows beside the weight and its gradient. */
export interface UpdateStep {
  readonly learningRate: number
  /** Updates done, this one included. */
  readonly step: number
}

/**
 * An optimizer whose whole state can be saved and restored bit for bit: the number of updates, and for each weight some
 * slots such as a mean of its gradients. What depends on the step is computed from its number.
 */
export abstract class ResumableOptimizer extends tf.Optimizer {
  readonly #learningRate: LearningRate
  readonly #every: number
  readonly #slotNames: readonly string[]
  /** Of each trainable weight, in the model's order. */
  #slots: tf.Variable[][] = []
  /** Sums of the gradients since the last update, where several steps make one. */
  #sums: tf.Variable[] = []
  #step = 0
  #collected = 0

  /** @param slotNames what is kept of each weight, in the order that `update` takes */
  constructor(operation: string, options: OptimizerOptions, defaultRate: number, slotNames: readonly string[]) {
    super()
    const { learningRate = defaultRate, gradientAccumulationSteps = 1 } = options
    if (typeof learningRate !== 'function' && !(learningRate >= 0 && learningRate < Infinity)) {
      throw wrongArgument(operation, 'learningRate', 'a number of at least 0, or a function of the step', learningRate)
    }
    this.#learningRate = learningRate
    this.#every = checkCount(operation, 'gradientAccumulationSteps', gradientAccumulationSteps, { min: 1 })
    this.#slotNames = slotNames
  }

  /** Updates done. */
  get step(): number {
    return this.#step
  }

  /** The step size of the next update. */
  get learningRate(): number {
    const rate = this.#learningRate
    return typeof rate === 'number' ? rate : rate(this.#step)
  }

  /** The new value of one weight and of its slots; called in a tidy. */
  protected abstract update(
    weight: tf.Tensor,
    gradient: tf.Tensor,
    slots: readonly tf.Tensor[],
    at: UpdateStep,
  ): Updated

  applyGradients(gradients: tf.NamedTensorMap | NamedTensor[]): void {
    const named: NamedTensor[] = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }))
    if (this.#every === 1) {
      this.#apply(named)
      return
    }
    this.#collect(named)
    if (this.#collected < this.#every) return
    this.#apply(
      named.map(({ name }, i) => ({ name, tensor: this.#sums[i] })),
      1 / this.#every,
    )
    for (const sum of this.#sums) tf.tidy(() => sum.assign(tf.zerosLike<tf.Tensor>(sum)))
    this.#collected = 0
  }

  override getWeights(): Promise<NamedTensor[]> {
    const weights: NamedTensor[] = [{ name: 'iter', tensor: tf.scalar(this.#step, 'int32') }]
    this.#slotNames.forEach((name, slot) => {
      this.#slots.forEach((slots, i) => weights.push({ name: `${i}/${name}`, tensor: slots[slot] }))
    })
    if (this.#every > 1) {
      weights.push({ name: 'collected', tensor: tf.scalar(this.#collected, 'int32') })
      this.#sums.forEach((tensor, i) => weights.push({ name: `${i}/sum`, tensor }))
    }
    return Promise.resolve(weights)
  }

  override async setWeights(weights: NamedTensor[]): Promise<void> {
    const byName = new Map(weights.map(({ name, tensor }) => [name, tensor]))
    const count = async (name: string): Promise<number> => (await (byName.get(name) ?? missing(name)).data())[0]
    const variable = (name: string): tf.Variable => tf.variable(byName.get(name) ?? missing(name), false)
    const many = (name: string): number => weights.filter((weight) => weight.name.endsWith(`/${name}`)).length
    this.#disposeState()
    this.#step = await count('iter')
    const slotted = this.#slotNames.length === 0 ? 0 : many(this.#slotNames[0])
    this.#slots = Array.from({ length: slotted }, (_, i) => this.#slotNames.map((name) => variable(`${i}/${name}`)))
    this.#collected = byName.has('collected') ? await count('collected') : 0
    this.#sums = Array.from({ length: many('sum') }, (_, i) => variable(`${i}/sum`))
    tf.dispose(weights.map(({ tensor }) => tensor))
  }

  override getConfig(): tf.serialization.ConfigDict {
    const rate = this.#learningRate
    const learningRate = typeof rate === 'number' ? rate : rate(0)
    return { learningRate, gradientAccumulationSteps: this.#every }
  }

  override dispose(): void {
    this.#disposeState()
    super.dispose()
  }

  #apply(named: readonly NamedTensor[], scale = 1): void {
    const at = { learningRate: this.learningRate, step: this.#step + 1 }
    this.#step++
    named.forEach(({ name, tensor }, i) => {
      const weight = variableOf(name)
      this.#slots[i] ??= this.#slotNames.map(() => zerosLike(weight))
      const slots = this.#slots[i]
      tf.tidy(() => {
        const updated = this.update(weight, scale === 1 ? tensor : tensor.mul(scale), slots, at)
        weight.assign(updated.value)
        slots.forEach((slot, place) => slot.assign(updated.slots[place]))
      })
    })
  }

  #collect(named: readonly NamedTensor[]): void {
    named.forEach(({ name, tensor }, i) => {
      const sum = (this.#sums[i] ??= zerosLike(variableOf(name)))
      tf.tidy(() => sum.assign(sum.add(tensor)))
    })
    this.#collected++
  }

  #disposeState(): void {
    tf.dispose([this.#slots, this.#sums])
    this.#slots = []
    this.#sums = []
  }
}

function variableOf(name: string): tf.Variable {
  return tf.engine().registeredVariables[name]
}

function zerosLike(variable: tf.Variable): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zerosLike<tf.Tensor>(variable), false))
}

function missing(name: string): never {
  throw new DataLossError(`optimizer: the saved state has no ${name}.`, {
    hint: 'Was it saved by another optimizer? Compile the model with that one, or begin anew.',
  })
}

/** Refuses options that are none: among them the bare rate that tfjs's own optimizers take. */
export function checkOptimizerOptions(operation: string, options: unknown, names: readonly string[]): void {
  if (typeof options === 'number') {
    const wanted = `an object, such as { learningRate: ${options} }`
    throw wrongArgument(operation, 'options', wanted, options)
  }
  checkOptions(operation, options, ['learningRate', 'gradientAccumulationSteps', ...names])
}
