/** The public names of `millrace`, one by one. */
export { type Cursor, END, type Pull } from './core/cursor.ts'
export {
  AlreadyExistsError,
  CancelledError,
  DataLossError,
  type ErrorContext,
  FailedPreconditionError,
  fileError,
  InvalidArgumentError,
  MillraceError,
  NotFoundError,
  OutOfRangeError,
  PermissionDeniedError,
  ResourceExhaustedError,
  UnavailableError,
  UnknownError,
} from './core/errors.ts'
export type { GroupKey } from './core/heldGroups.ts'
export { release } from './core/lease.ts'
export { type RandomKey, Rng } from './core/random.ts'
export type { RandomAccess } from './core/randomAccess.ts'
export type { RunOptions, Stall, StalledStage, Tuning } from './core/runOptions.ts'
export { type SkippedElement, SkippedReport, type SkippedReportOptions } from './core/skippedReport.ts'
export { type DType, type NumericDType, type Shape, type Spec, specText, TensorSpec } from './core/spec.ts'
export { specToJson } from './core/specJson.ts'
export type {
  Cardinality,
  Observer,
  PlanNode,
  Run,
  Source,
  Stage,
  StageContext,
  StageObserver,
  Upstream,
} from './core/stage.ts'
export type { QueueDepth, StageReport, WorkerUse } from './core/stageReport.ts'
export type { Json, State } from './core/state.ts'
export { AUTOTUNE, type Knob, type KnobRequest, type Tuner } from './core/tuner.ts'
export type { ElementContext, ElementFunction } from './core/userFunction.ts'
export type { WindowOptions } from './core/windowCursor.ts'
export { type CachedDataset, Dataset } from './dataset/dataset.ts'
export type { DatasetIterator } from './dataset/datasetIterator.ts'
export type { IteratorEnd } from './dataset/diagnostics.ts'
export type { ElementReader, ReaderOptions } from './dataset/elementReader.ts'
export type { IteratorOptions } from './dataset/iteratorOptions.ts'
export type { IteratorState } from './dataset/iteratorState.ts'
export type { NodeStats, PipelineStats } from './dataset/pipelineStats.ts'
export type { ProfileOptions } from './dataset/profile.ts'
export { ReinitializableIterator } from './dataset/reinitializableIterator.ts'
export type { Saved, SaveOptions, SaveProgress } from './dataset/save.ts'
export type { Windows } from './dataset/windows.ts'
export type { Compression } from './files/decompressed.ts'
export type { FileCompression } from './files/fileBytes.ts'
export type { FilePath } from './files/filePaths.ts'
export { writeAtomically } from './files/writeAtomically.ts'
export type { DataOf, DTypeOf, ScalarOf, TypedArray, TypedDType } from './ndarray/dtype.ts'
export { type Batched, type Scalar, specOf, type Tensors, type Unbatched } from './ndarray/element.ts'
export { parseIdx } from './ndarray/idx.ts'
export { ndarray, NdArray, type RankAbove, type RowOf } from './ndarray/ndarray.ts'
export { encodeNpy, parseNpy } from './ndarray/npy.ts'
export { parseNpz } from './ndarray/npz.ts'
export type { PaddedShapes, PaddingValues } from './ndarray/pad.ts'
export {
  type Ragged,
  type RaggedArray,
  type RaggedBatched,
  raggedRows,
  raggedToPadded,
  type RaggedValues,
  type RowSplitsDType,
} from './ndarray/ragged.ts'
export type {
  BalanceOptions,
  BatchOptions,
  BucketBySequenceLengthOptions,
  CacheOptions,
  ChooseOptions,
  ElementOf,
  FlatMapOptions,
  GlobalShuffleOptions,
  GroupByWindowOptions,
  IgnoreErrorsOptions,
  InterleaveOptions,
  MapOptions,
  Packed,
  PackedLengths,
  PackSequencesOptions,
  PaddedBatchOptions,
  PipelineOptions,
  RaggedBatchOptions,
  RebatchOptions,
  ResampleOptions,
  SampleOptions,
  ScanFunction,
  ScanOptions,
  ShuffleOptions,
  SnapshotOptions,
  SourceStructure,
  SplitKey,
  SplitOptions,
  UniqueOptions,
  WorkerElementFunction,
  WorkerMapOptions,
  ZipOptions,
  Zipped,
} from './ops/index.ts'
export { importModule } from './parallel/importModule.ts'
export type { WorkerContext } from './parallel/mapBlock.ts'
export type { Shard } from './parallel/messages.ts'
export { closeWorkers, configureWorkers, startWorkers } from './parallel/processPool.ts'
export { type AnyFunction, workerFn, type WorkerFunction } from './parallel/workerFunction.ts'
export type { WorkersOptions } from './parallel/workerPool.ts'
export { type KeptFolder, keptFolders, removeKeptFolder } from './records/keptFolders.ts'
export type {
  AnyIterable,
  BuilderArgs,
  BuiltElement,
  CsvColumn,
  CsvColumns,
  CsvDType,
  CsvOptions,
  CsvRow,
  FileOptions,
  FixedLengthRecordsOptions,
  FromWorkersOptions,
  GeneratorContext,
  GeneratorOptions,
  IdxFiles,
  IdxOptions,
  IdxRow,
  JsonLinesOptions,
  ListFilesOptions,
  NpzOptions,
  RandomOptions,
  SlicesOf,
} from './sources/index.ts'
