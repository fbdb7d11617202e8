/** The public names of `millrace`, one by one. */
export { END, type Cursor, type Pull } from './core/cursor.ts'
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
export { release } from './core/lease.ts'
export { Rng } from './core/random.ts'
export { type DType, type NumericDType, type Shape, type Spec, TensorSpec } from './core/spec.ts'
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
export type { Json, State } from './core/state.ts'
export type { ElementContext, ElementFunction } from './core/userFunction.ts'
export type { WindowOptions } from './core/windowCursor.ts'
export { CachedDataset, Dataset } from './dataset/dataset.ts'
export { DatasetIterator, type IteratorOptions } from './dataset/datasetIterator.ts'
export type { IteratorEnd } from './dataset/diagnostics.ts'
export { ElementReader, type ReaderOptions } from './dataset/elementReader.ts'
export type { IteratorState } from './dataset/iteratorState.ts'
export type { NodeStats, PipelineStats } from './dataset/pipelineStats.ts'
export type { ProfileOptions } from './dataset/profile.ts'
export { ReinitializableIterator } from './dataset/reinitializableIterator.ts'
export type { Saved, SaveOptions, SaveProgress } from './dataset/save.ts'
export type { Windows } from './dataset/windows.ts'
export type { Compression } from './files/decompressed.ts'
export { writeAtomically } from './files/writeAtomically.ts'
export type { DataOf, DTypeOf, ScalarOf, TypedArray } from './ndarray/dtype.ts'
export { type Batched, type Scalar, specOf, type Tensors, type Unbatched } from './ndarray/element.ts'
export { parseIdx } from './ndarray/idx.ts'
export { ndarray, NdArray } from './ndarray/ndarray.ts'
export type {
  BatchOptions,
  CacheOptions,
  FlatMapOptions,
  GlobalShuffleOptions,
  InterleaveOptions,
  MapOptions,
  PipelineOptions,
  RebatchOptions,
  ScanFunction,
  ScanOptions,
  ShuffleOptions,
  SnapshotOptions,
  SourceStructure,
  UniqueOptions,
  Zipped,
  ZipOptions,
} from './ops/index.ts'
export { type AnyFunction, workerFn, type WorkerFunction } from './parallel/workerFunction.ts'
export type {
  AnyIterable,
  BuiltElement,
  FromWorkersOptions,
  GeneratorContext,
  GeneratorOptions,
  RandomOptions,
  SlicesOf,
} from './sources/index.ts'
