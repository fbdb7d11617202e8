/** A loss function that takes class numbers, marked so that labels can be checked against the model. */
export interface SparseLoss {
  readonly sparse: true
  /** A label that counts for nothing. */
  readonly ignoreClass?: number
}

/** Whether a model's `loss` takes class numbers. */
export function isSparse(loss: unknown): boolean {
  return loss === 'sparseCategoricalCrossentropy' || (typeof loss === 'function' && 'sparse' in loss)
}

/** How many classes an output of that shape tells apart. */
export function classesOf(output: readonly (number | null)[]): number {
  return output[output.length - 1] ?? 1
}
