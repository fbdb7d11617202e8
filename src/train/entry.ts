import { messageOf, UnavailableError } from '../core/errors.ts'

/*
 * What `import 'millrace/train'` runs: index.ts, imported when this file runs, since the import of a package that is not
 * there fails before a line of whoever imports it has run, with an error that does not say what to do.
 */
export const {
  EventWriter,
  NonFiniteLossError,
  accuracy,
  adam,
  bidirectionalLstm,
  confusionMatrix,
  convolutionSize,
  cosineDecay,
  decodeSafetensors,
  earlyStopping,
  encodeSafetensors,
  epochText,
  evaluate,
  exponentialDecay,
  fit,
  histogramOf,
  inceptionBlock,
  keepBest,
  keyedDropout,
  loadCheckpoint,
  loadModel,
  loadWeights,
  lstm,
  outputLength,
  piecewiseConstantDecay,
  polynomialDecay,
  poolingSize,
  progressBar,
  rmsprop,
  rootMeanSquaredError,
  saveCheckpoint,
  saveModel,
  setBackend,
  sgd,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossentropy,
  tensorBatches,
  tensorBoard,
  toTensors,
  toTfDataset,
  warmup,
} = await import('./index.ts').catch((error: unknown) => {
  throw explained(error)
})

function explained(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) return error
  if (!messageOf(error).includes("'@tensorflow/tfjs'")) return error
  return new UnavailableError('millrace/train needs tfjs, which is not installed.', {
    hint: 'Run: npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm',
    cause: error,
  })
}
