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
export type { Cardinality, PlanNode, Run, Source, Stage, StageContext, Upstream } from './core/stage.ts'
export type { Json, State } from './core/state.ts'
export type { ElementContext, ElementFunction } from './core/userFunction.ts'
export { Dataset } from './dataset/dataset.ts'
export { DatasetIterator, type IteratorOptions } from './dataset/datasetIterator.ts'
export { ElementReader, type ReaderOptions } from './dataset/elementReader.ts'
export type { IteratorState } from './dataset/iteratorState.ts'
export { writeAtomically } from './files/writeAtomically.ts'
export type { DataOf, DTypeOf, ScalarOf, TypedArray } from './ndarray/dtype.ts'
export { type Batched, type Scalar, specOf, type Tensors, type Unbatched } from './ndarray/element.ts'
export { parseIdx } from './ndarray/idx.ts'
export { ndarray, NdArray } from './ndarray/ndarray.ts'
export type {
  BalanceOptions,
  BatchOptions,
  ChooseOptions,
  ElementOf,
  MapOptions,
  PipelineOptions,
  ResampleOptions,
  SampleOptions,
  ShuffleOptions,
  SourceStructure,
  Zipped,
} from './ops/index.ts'
export { type AnyFunction, workerFn, type WorkerFunction } from './parallel/workerFunction.ts'
export type {
  AnyIterable,
  BuiltElement,
  FromWorkersOptions,
  GeneratorContext,
  GeneratorOptions,
  SlicesOf,
} from './sources/index.ts'
