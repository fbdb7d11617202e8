// As types.ts, for the entry point that needs tfjs. tfjs's own declarations do not compile under every compiler: with
// skipLibCheck, which is what users of tfjs set.
import { Dataset, type NdArray } from 'millrace'
import { adam, fit, keyedDropout, lstm, tensorBatches, toTfDataset } from 'millrace/train'

const batches = Dataset.range(8).map((x) => ({ image: [x], label: x })) as unknown as Dataset<{
  image: NdArray<'uint8'>
  label: NdArray
}>
export const optimizer = adam({ learningRate: 1e-3 })
export const layers = [lstm({ units: 3 }), keyedDropout({ rate: 0.5 })]
export const dropout = keyedDropout({ rate: 0.5 })
export const forTf = toTfDataset(batches, { inputs: 'image', targets: 'label' })
export const trained = fit
export const tensors = tensorBatches(batches)
