import { wrongArgument } from '../core/checks.ts'
import { isSource } from '../core/stage.ts'

/** Refuses what is no Dataset. */
export function checkDataset(operation: string, dataset: unknown): void {
  if (isSource(dataset)) return
  throw wrongArgument(
    operation,
    'dataset',
    'a Dataset, such as Dataset.fromTensorSlices({ xs, ys }).batch(32)',
    dataset,
  )
}
