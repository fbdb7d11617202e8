/** Every public name of millrace/train. */
export { type KeyedDropout, keyedDropout, type KeyedDropoutOptions } from './backend/keyedDropout.ts'
export { type Backend, type BackendChoice, type BackendOptions, setBackend } from './backend/setBackend.ts'
export type { Callback, CallbackState, TrainContext } from './callbacks/callback.ts'
export { earlyStopping, type EarlyStoppingOptions } from './callbacks/earlyStopping.ts'
export { keepBest } from './callbacks/keepBest.ts'
export type { MonitorOptions } from './callbacks/monitor.ts'
export { tensorBoard, type TensorBoardOptions } from './callbacks/tensorBoard.ts'
export { loadCheckpoint, loadWeights, saveCheckpoint, type TrainingState } from './checkpoint.ts'
export { evaluate, type EvaluateOptions, type Evaluation, type Metrics } from './evaluate.ts'
export { fit } from './fit.ts'
export type { FitOptions } from './fitOptions.ts'
export {
  type EpochReport,
  epochText,
  type FitResult,
  type HistoryPoint,
  type Logs,
  type StepReport,
  type ValidationReport,
} from './fitReport.ts'
export { bidirectionalLstm, type BidirectionalLstmOptions, type MergeMode } from './layers/bidirectionalLstm.ts'
export { inceptionBlock, type InceptionFilters, type InceptionOptions } from './layers/inceptionBlock.ts'
export {
  type ConvolutionLayer,
  convolutionSize,
  type LayerSize,
  outputLength,
  type Padding,
  type PoolingLayer,
  poolingSize,
} from './layers/layerSize.ts'
export { lstm, type LstmLayerOptions } from './layers/lstm.ts'
export type { GateActivation } from './layers/lstmKernel.ts'
export type { LstmOptions } from './layers/recurrentLayer.ts'
export {
  type LossFunction,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossentropy,
  type SparseCategoricalCrossentropyOptions,
} from './losses/sparseCategoricalCrossentropy.ts'
export type { SparseLoss } from './losses/sparseLoss.ts'
export { accuracy } from './metrics/accuracy.ts'
export { confusionMatrix } from './metrics/confusionMatrix.ts'
export type { Metric, MetricResults, Predictions } from './metrics/metric.ts'
export { rootMeanSquaredError } from './metrics/rootMeanSquaredError.ts'
export { loadModel, saveModel } from './modelFiles.ts'
export { NonFiniteLossError } from './nonFiniteLossError.ts'
export { adam, type AdamOptions } from './optimizers/adam.ts'
export type { LearningRate, OptimizerOptions, ResumableOptimizer } from './optimizers/resumableOptimizer.ts'
export { rmsprop, type RmspropOptions } from './optimizers/rmsprop.ts'
export { sgd, type SgdOptions } from './optimizers/sgd.ts'
export { type Progress, progressBar } from './progress.ts'
export { decodeSafetensors, encodeSafetensors, type TensorFile } from './safetensors.ts'
export { cosineDecay, type CosineDecayOptions } from './schedules/cosineDecay.ts'
export { exponentialDecay, type ExponentialDecayOptions } from './schedules/exponentialDecay.ts'
export { piecewiseConstantDecay, type PiecewiseConstantDecayOptions } from './schedules/piecewiseConstantDecay.ts'
export { polynomialDecay, type PolynomialDecayOptions } from './schedules/polynomialDecay.ts'
export type { Schedule } from './schedules/schedule.ts'
export { warmup, type WarmupOptions } from './schedules/warmup.ts'
export type { SupervisionOptions } from './supervision.ts'
export { tensorBatches, type TensorBatches } from './tensorBatches.ts'
export { toTensors, type TensorsOf } from './toTensors.ts'
export { EventWriter, type EventWriterOptions } from './tensorboard/eventWriter.ts'
export { type Histogram, histogramOf } from './tensorboard/histogram.ts'
export { type TfBatch, type TfDataset, toTfDataset } from './toTfDataset.ts'
