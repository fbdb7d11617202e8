import { checkBoolean, checkCount, checkFunction, checkOptions, checkSignal, returnedNothing } from '../core/checks.ts'
import { isEnd, isThenable, type Pull } from '../core/cursor.ts'
import { checkRandomAccess } from '../core/randomAccess.ts'
import type { GroupKey } from '../core/heldGroups.ts'
import { runOptionNames } from '../core/runOptions.ts'
import type { Spec } from '../core/spec.ts'
import { planNode, type Cardinality, type PlanNode, type Source, type Stage } from '../core/stage.ts'
import type { Json } from '../core/state.ts'
import { turnIfDue, Turns } from '../core/turns.ts'
import type { ElementContext, ElementFunction } from '../core/userFunction.ts'
import type { WindowOptions } from '../core/windowCursor.ts'
import type { RaggedBatched, RowSplitsDType } from '../ndarray/ragged.ts'
import type { FilePath } from '../files/filePaths.ts'
import type { Batched, Scalar, Tensors, Unbatched } from '../ndarray/element.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import * as ops from '../ops/index.ts'
import type { AnyFunction, WorkerFunction } from '../parallel/workerFunction.ts'
import * as sources from '../sources/index.ts'
import { checkEnds } from './checkEnds.ts'
import { DatasetIterator } from './datasetIterator.ts'
import { ElementReader, type ReaderOptions } from './elementReader.ts'
import { explain } from './explain.ts'
import { iteratorRunOptions, type IteratorOptions } from './iteratorOptions.ts'
import { checkState } from './iteratorState.ts'
import { optimize } from './optimizer/optimize.ts'
import { orAborted } from './orAborted.ts'
import type { Windows } from './windows.ts'
import type { PipelineStats } from './pipelineStats.ts'
import { profile, type ProfileOptions } from './profile.ts'
import { Profiler } from './profiler.ts'
import { save, type Saved, type SaveOptions } from './save.ts'

/**
 * A lazy sequence of elements: a plan of operations that runs when it is iterated, as often as wanted. Every method
 * returns a new dataset; none does any reading.
 *
 * An element is a number, bigint, boolean, string, Uint8Array (bytes) or NdArray, or a plain object or array of
 * elements. Elements are never changed by an operation, and must not be changed by a function given to one.
 *
 * @example
 * const batches = Dataset.range(100).map((x) => x * x).shuffle(100, { seed: 1 }).batch(32)
 * for await (const batch of batches) console.log(batch.shape)
 * batches.cardinality() // 4
 */
export class Dataset<out T> implements Source<T>, AsyncIterable<T> {
  /** The plan: the last operation, with those before it. */
  readonly node: PlanNode<T>
  /** The plan as it runs, once it was asked for. */
  #optimized: PlanNode<T> | undefined
  #iterators = 0

  constructor(node: PlanNode<T>) {
    this.node = node
  }

  /** A dataset that begins with a source stage. */
  static from<T>(source: Stage<never, T>): Dataset<T> {
    return new Dataset(planNode(source, []))
  }

  /** Whole numbers for ever; see {@link sources.counter}. */
  static counter(start?: number, step?: number): Dataset<number> {
    return Dataset.from(sources.counter(start, step))
  }

  /** The rows of CSV files; see {@link sources.csv}. */
  static csv<
    const C extends Readonly<Record<string, sources.CsvDType | sources.CsvColumn>>,
    N extends keyof C = keyof C,
  >(
    files: FilePath | readonly FilePath[],
    options: sources.CsvOptions<C, readonly N[]>,
  ): Dataset<sources.CsvRow<Pick<C, N>>>
  static csv<const C extends readonly (sources.CsvDType | sources.CsvColumn)[]>(
    files: FilePath | readonly FilePath[],
    options: sources.CsvOptions<C, readonly number[]>,
  ): Dataset<sources.CsvRow<C>>
  static csv(files: FilePath | readonly FilePath[], options: sources.CsvOptions<sources.CsvColumns>): Dataset<unknown> {
    return Dataset.from<unknown>(sources.csv(files, options))
  }

  /** The rows of tensors along axis 0; see {@link sources.fromTensorSlices}. */
  static fromTensorSlices<const T>(tensors: T): Dataset<sources.SlicesOf<T>> {
    return Dataset.from(sources.fromTensorSlices(tensors))
  }

  /** One element; see {@link sources.fromTensors}. */
  static fromTensors<const T>(tensors: T): Dataset<Tensors<T>> {
    return Dataset.from(sources.fromTensors(tensors))
  }

  /** The elements of an iterable, a stream, or a function that returns one; see {@link sources.fromGenerator}. */
  static fromGenerator<T>(
    input: sources.AnyIterable<T> | ((context: sources.GeneratorContext) => sources.AnyIterable<T>),
    options?: sources.GeneratorOptions,
  ): Dataset<T> {
    return Dataset.from(sources.fromGenerator(input, options))
  }

  /** The elements that `save` wrote; see {@link sources.load}. */
  static load<T>(path: string): Dataset<T> {
    return Dataset.from(sources.load<T>(path))
  }

  /** Random whole numbers of 32 bits, for ever; see {@link sources.random}. */
  static random(options?: sources.RandomOptions): Dataset<number> {
    return Dataset.from(sources.random(options))
  }

  /** Whole numbers: `range(stop)` or `range(start, stop, step)`; see {@link sources.range}. */
  static range(start: number, stop?: number, step?: number): Dataset<number> {
    return Dataset.from(sources.range(start, stop, step))
  }

  /** The elements of a dataset that runs in worker threads; see {@link sources.fromWorkers}. */
  static fromWorkers<F extends AnyFunction>(
    fn: WorkerFunction<F>,
    options?: sources.FromWorkersOptions<sources.BuilderArgs<F>>,
  ): Dataset<sources.BuiltElement<F>> {
    return Dataset.from(sources.fromWorkers(fn, options))
  }

  /** The records of files in which all have the same length; see {@link sources.fixedLengthRecords}. */
  static fixedLengthRecords(
    files: FilePath | readonly FilePath[],
    recordBytes: number,
    options?: sources.FixedLengthRecordsOptions,
  ): Dataset<Uint8Array> {
    return Dataset.from(sources.fixedLengthRecords(files, recordBytes, options))
  }

  /** The rows of idx files, the format of MNIST; see {@link sources.idx}. */
  static idx<const F extends sources.IdxFiles, T = sources.IdxRow<F>>(
    files: F,
    options?: sources.IdxOptions,
  ): Dataset<T> {
    return Dataset.from(sources.idx<T>(files, options))
  }

  /** The values of JSON Lines files; see {@link sources.jsonLines}. */
  static jsonLines<T = Json>(files: FilePath | readonly FilePath[], options?: sources.JsonLinesOptions): Dataset<T> {
    return Dataset.from(sources.jsonLines<T>(files, options))
  }

  /** The paths of the files that match patterns; see {@link sources.listFiles}. */
  static listFiles(patterns: string | readonly string[], options?: sources.ListFilesOptions): Dataset<string> {
    return Dataset.from(sources.listFiles(patterns, options))
  }

  /** The rows of npy files; see {@link sources.npy}. */
  static npy<T = NdArray | Scalar>(files: FilePath | readonly FilePath[], options?: sources.FileOptions): Dataset<T> {
    return Dataset.from(sources.npy<T>(files, options))
  }

  /** The rows of the arrays in an npz file; see {@link sources.npz}. */
  static npz<K extends string = string, T = Record<K, NdArray | Scalar>>(
    file: FilePath,
    options?: sources.NpzOptions<K>,
  ): Dataset<T> {
    return Dataset.from(sources.npz<T>(file, options))
  }

  /** The lines of text files; see {@link sources.textLines}. */
  static textLines(files: FilePath | readonly FilePath[], options?: sources.FileOptions): Dataset<string> {
    return Dataset.from(sources.textLines(files, options))
  }

  /** Elements of several datasets, in the order that another one says; see {@link ops.chooseFromDatasets}. */
  static chooseFromDatasets<const S extends readonly Source[]>(
    datasets: S,
    choiceDataset: Source<number | bigint>,
    options?: ops.ChooseOptions,
  ): Dataset<ops.ElementOf<S>> {
    const { stage, inputs } = ops.chooseFromDatasets(datasets, choiceDataset, options)
    return new Dataset(planNode(stage, inputs))
  }

  /** Elements of several datasets, drawn at random by weight; see {@link ops.sampleFromDatasets}. */
  static sampleFromDatasets<const S extends readonly Source[]>(
    datasets: S,
    options?: ops.SampleOptions,
  ): Dataset<ops.ElementOf<S>> {
    const { stage, inputs } = ops.sampleFromDatasets(datasets, options)
    return new Dataset(planNode(stage, inputs))
  }

  /** One element of each input at a time, in tuples and objects as the inputs are; see {@link ops.zip}. */
  static zip<const S extends ops.SourceStructure>(datasets: S, options?: ops.ZipOptions): Dataset<ops.Zipped<S>> {
    const { stage, inputs } = ops.zip<ops.Zipped<S>>(datasets, options)
    return new Dataset(planNode(stage, inputs))
  }

  /** The plan as it runs. */
  get optimized(): PlanNode<T> {
    this.#optimized ??= optimize(this.node)
    return this.#optimized
  }

  /** What is known of the elements before running; undefined after a `map` that does not say. */
  get elementSpec(): Spec | undefined {
    return this.node.spec
  }

  /** Number of elements: exact, Infinity, or undefined where it is not known without running. */
  cardinality(): Cardinality {
    return this.node.cardinality
  }

  /**
   * The plan as text, as it was written and as it runs, with the number and the spec of each operation's elements.
   *
   * @example
   * Dataset.fromTensorSlices([1, 2, 3]).batch(2).explain().includes('gatherBatch') // true
   */
  explain(): string {
    return explain(this.node, this.optimized)
  }

  /** Puts any stage on top: how operations of one's own join the chain. */
  pipe<R>(stage: Stage<T, R>): Dataset<R> {
    return new Dataset(planNode(stage, [this.node]))
  }

  /** What `transformation` makes of this dataset (`tf.data.Dataset.apply`). */
  apply<R>(transformation: (dataset: this) => R): R {
    checkFunction('apply', 'transformation', transformation)
    return transformation(this)
  }

  /** States the number of elements, and checks it; see {@link ops.assertCardinality}. */
  assertCardinality(cardinality: number): Dataset<T> {
    return this.pipe(ops.assertCardinality<T>(cardinality))
  }

  /** Leaves elements out until all classes come up equally often; see {@link ops.balance}. */
  balance(options: ops.BalanceOptions<T>): Dataset<T> {
    return this.pipe(ops.balance(options))
  }

  /** Stacks consecutive elements; see {@link ops.batch}. */
  batch(batchSize: number, options?: ops.BatchOptions): Dataset<Batched<T>> {
    return this.pipe(ops.batch<T>(batchSize, options))
  }

  /** Batches elements of like length together; see {@link ops.bucketBySequenceLength}. */
  bucketBySequenceLength<U>(this: Dataset<U>, options: ops.BucketBySequenceLengthOptions<U>): Dataset<Batched<U>> {
    return this.pipe(ops.bucketBySequenceLength<U>(options))
  }

  /** Keeps the elements of the first pass and gives them from then on; see {@link ops.cache}. */
  cache(directory?: string, options?: ops.CacheOptions): CachedDataset<T> {
    const { stage, clear } = ops.cache<T>(directory, options)
    return new CachedDataset(planNode(stage, [this.node]), () => clear(this.node))
  }

  /** This dataset, then the other; see {@link ops.concatenate}. */
  concatenate<U>(other: Source<U>): Dataset<T | U> {
    const { stage, input } = ops.concatenate(other)
    return new Dataset(planNode<unknown, T | U>(stage, [this.node, input]))
  }

  /** Pairs each element with its index; see {@link ops.enumerate}. */
  enumerate(start?: number): Dataset<[number, T]> {
    return this.pipe(ops.enumerate<T>(start))
  }

  /** Keeps the elements for which the predicate holds; see {@link ops.filter}. */
  filter<U extends T>(predicate: (element: T, context: ElementContext) => element is U): Dataset<U>
  filter(predicate: ElementFunction<T, boolean>): Dataset<T>
  filter(predicate: ElementFunction<T, boolean>): Dataset<T> {
    return this.pipe(ops.filter(predicate))
  }

  /** The elements of the datasets that a function makes of each element; see {@link ops.flatMap}. */
  flatMap<R>(fn: ElementFunction<T, Source<R>>, options?: ops.FlatMapOptions): Dataset<R> {
    return this.pipe(ops.flatMap(fn, options))
  }

  /** Shuffles all elements of an input that is read by index, in constant memory; see {@link ops.globalShuffle}. */
  globalShuffle(options?: ops.GlobalShuffleOptions): Dataset<T> {
    checkRandomAccess('globalShuffle', this.node, (sequential) => {
      return `Put globalShuffle before ${sequential}, or use shuffle(bufferSize), which reads in order.`
    })
    return this.pipe(ops.globalShuffle<T>(options))
  }

  /** Collects elements in windows by key, and flattens what becomes of each; see {@link ops.groupByWindow}. */
  groupByWindow<K extends GroupKey, R>(options: ops.GroupByWindowOptions<T, K, R, Dataset<T>>): Dataset<R> {
    return this.pipe(ops.groupByWindow(options, (stage: Stage<never, T>) => Dataset.from(stage)))
  }

  /** Leaves out the elements that fail; see {@link ops.ignoreErrors}. */
  ignoreErrors(options?: ops.IgnoreErrorsOptions): Dataset<T> {
    return this.pipe(ops.ignoreErrors<T>(options))
  }

  /** The elements of such datasets in turn; see {@link ops.interleave}. */
  interleave<R>(fn: ElementFunction<T, Source<R>>, options?: ops.InterleaveOptions): Dataset<R> {
    return this.pipe(ops.interleave(fn, options))
  }

  /** Applies a function, sync or async, to each element, in this thread or in workers; see {@link ops.map}. */
  map<R>(fn: ElementFunction<T, R>, options?: ops.MapOptions): Dataset<R>
  map<R, S, A extends readonly unknown[]>(
    fn: WorkerFunction<ops.WorkerElementFunction<T, R, S>>,
    options?: ops.WorkerMapOptions<S, A>,
  ): Dataset<R>
  map<R>(
    fn: ElementFunction<T, R> | WorkerFunction<ops.WorkerElementFunction<T, R, never>>,
    options?: ops.MapOptions | ops.WorkerMapOptions<never, never>,
  ): Dataset<R> {
    return this.pipe(ops.map(fn as ElementFunction<T, R>, options as ops.MapOptions))
  }

  /** Packs sequences of varying length into rows of fixed length; see {@link ops.packSequences}. */
  packSequences<U>(
    this: Dataset<U>,
    lengths: ops.PackedLengths<U>,
    options?: ops.PackSequencesOptions<U>,
  ): Dataset<ops.Packed<U>> {
    return this.pipe(ops.packSequences<U>(lengths, options))
  }

  /** Stacks consecutive elements, padded to one shape; see {@link ops.paddedBatch}. */
  paddedBatch<U>(this: Dataset<U>, batchSize: number, options?: ops.PaddedBatchOptions<U>): Dataset<Batched<U>> {
    return this.pipe(ops.paddedBatch<U>(batchSize, options))
  }

  /** Reads ahead while the consumer awaits something; see {@link ops.prefetch}. */
  prefetch(bufferSize: number): Dataset<T> {
    return this.pipe(ops.prefetch<T>(bufferSize))
  }

  /** Joins consecutive elements of unequal shapes; see {@link ops.raggedBatch}. */
  raggedBatch<D extends RowSplitsDType = 'int64'>(
    batchSize: number,
    options?: ops.RaggedBatchOptions<D>,
  ): Dataset<RaggedBatched<T, D>> {
    return this.pipe(ops.raggedBatch<T, D>(batchSize, options))
  }

  /** Cuts batches into batches of another size; see {@link ops.rebatch}. */
  rebatch(batchSize: number | readonly number[], options?: ops.RebatchOptions): Dataset<T> {
    return this.pipe(ops.rebatch<T>(batchSize, options))
  }

  /** Leaves elements out, or repeats them, until the classes have the shares wanted; see {@link ops.rejectionResample}. */
  rejectionResample(options: ops.ResampleOptions<T>): Dataset<[number, T]> {
    return this.pipe(ops.rejectionResample(options))
  }

  /** Passes over the data `count` times, for ever by default; see {@link ops.repeat}. */
  repeat(count?: number): Dataset<T> {
    return this.pipe(ops.repeat<T>(count))
  }

  /** Carries a state from element to element; see {@link ops.scan}. */
  scan<S, R>(initialState: S, fn: ops.ScanFunction<S, T, R>, options?: ops.ScanOptions): Dataset<R> {
    return this.pipe(ops.scan(initialState, fn, options))
  }

  /** Every `numShards`-th element, from the one numbered `index` on; see {@link ops.shard}. */
  shard(numShards: number, index: number): Dataset<T> {
    return this.pipe(ops.shard<T>(numShards, index))
  }

  /** Shuffles through a buffer; see {@link ops.shuffle}. */
  shuffle(bufferSize: number, options?: ops.ShuffleOptions): Dataset<T> {
    return this.pipe(ops.shuffle<T>(bufferSize, options))
  }

  /** All but the first `count` elements; see {@link ops.skip}. */
  skip(count: number): Dataset<T> {
    return this.pipe(ops.skip<T>(count))
  }

  /** Stacks windows of consecutive elements, which may overlap; see {@link ops.slidingBatch}. */
  slidingBatch(size: number, options?: WindowOptions): Dataset<Batched<T>> {
    return this.pipe(ops.slidingBatch<T>(size, options))
  }

  /** Writes the elements of the first pass to files and reads them from then on; see {@link ops.snapshot}. */
  snapshot(path: string, options?: ops.SnapshotOptions): CachedDataset<T> {
    const { stage, clear } = ops.snapshot<T>(path, options)
    return new CachedDataset(planNode(stage, [this.node]), () => clear(this.node))
  }

  /** Parts of the data by name, decided by a hash of each element's key; see {@link ops.split}. */
  split<F extends Readonly<Record<string, number>>>(
    fractions: F,
    options?: ops.SplitOptions<T>,
  ): { -readonly [K in keyof F]: Dataset<T> } {
    const parts = Object.entries<Stage<T, T>>(ops.split<T, F>(fractions, options))
    return Object.fromEntries(parts.map(([part, stage]) => [part, this.pipe(stage)])) as { [K in keyof F]: Dataset<T> }
  }

  /** The first `count` elements; see {@link ops.take}. */
  take(count: number): Dataset<T> {
    return this.pipe(ops.take<T>(count))
  }

  /** The elements before the first for which the predicate does not hold; see {@link ops.takeWhile}. */
  takeWhile<U extends T>(predicate: (element: T, context: ElementContext) => element is U): Dataset<U>
  takeWhile(predicate: ElementFunction<T, boolean>): Dataset<T>
  takeWhile(predicate: ElementFunction<T, boolean>): Dataset<T> {
    return this.pipe(ops.takeWhile(predicate))
  }

  /** Takes batches apart; see {@link ops.unbatch}. */
  unbatch(): Dataset<Unbatched<T>> {
    return this.pipe(ops.unbatch<T>())
  }

  /** Leaves out each element that came before; see {@link ops.unique}. */
  unique(options?: ops.UniqueOptions<T>): Dataset<T> {
    return this.pipe(ops.unique<T>(options))
  }

  /** Datasets of consecutive elements, which may overlap; see {@link ops.window}. */
  window(size: number, options?: WindowOptions): Dataset<Windows<T>> {
    return this.pipe(ops.window<T, Windows<T>>(size, (source) => Dataset.from(source), options))
  }

  /** Sets options for all the operations before it; see {@link ops.withOptions}. */
  withOptions(options: ops.PipelineOptions): Dataset<T> {
    return this.pipe(ops.withOptions<T>(options))
  }

  /**
   * The element at an index, made without those before it. For many of them, `reader()` opens files once.
   *
   * @throws InvalidArgumentError where an operation, such as `filter`, has no elements by index; OutOfRangeError at the end
   */
  async get(index: number, options?: ReaderOptions): Promise<T> {
    await using reader = await this.reader(options)
    return await reader.get(index)
  }

  /** Opens the elements for reading by index. */
  async reader(options: ReaderOptions = {}): Promise<ElementReader<T>> {
    return await ElementReader.open(this.node, options)
  }

  /**
   * Starts an iteration, from the beginning or from a saved state.
   *
   * @throws FailedPreconditionError where the state was saved by another pipeline, naming the difference
   */
  iterator(options: IteratorOptions = {}): DatasetIterator<T> {
    checkOptions('iterator', options, ['state', 'signal', 'epoch', 'profile', 'tuning', ...runOptionNames])
    const { state } = options
    const run = iteratorRunOptions(options, this.node)
    const signal = checkSignal('iterator', options.signal)
    const profiler = checkBoolean('iterator', 'profile', options.profile ?? false) ? new Profiler() : undefined
    const saved = state === undefined ? undefined : checkState(this.node, state)
    const epoch = checkCount('iterator', 'epoch', options.epoch ?? saved?.epoch ?? this.#iterators)
    this.#iterators = Math.max(this.#iterators, epoch + 1)
    const seed = saved?.seed ?? 0
    return new DatasetIterator(this, { seed, epoch, position: saved?.position, signal, profiler, options: run })
  }

  /**
   * An iterator that goes over this dataset once and ends with OutOfRangeError from `getNext()`
   * (`tf.compat.v1.data.make_one_shot_iterator`); it is what `iterator()` gives.
   */
  makeOneShotIterator(options?: IteratorOptions): DatasetIterator<T> {
    return this.iterator(options)
  }

  [Symbol.asyncIterator](): DatasetIterator<T> {
    return this.iterator()
  }

  /**
   * All elements, in an array.
   *
   * @throws InvalidArgumentError where the dataset is known to have no end
   */
  async toArray(options?: IteratorOptions): Promise<T[]> {
    checkEnds('toArray', this)
    const elements: T[] = []
    await this.#visit((element) => elements.push(element), options)
    return elements
  }

  /** The first element, or undefined where there is none. */
  async first(options?: IteratorOptions): Promise<T | undefined> {
    await using iterator = this.iterator(options)
    const element = await iterator.pull()
    return isEnd(element) ? undefined : element
  }

  /** Calls a function, sync or async, with each element and its index, one at a time. */
  async forEach(fn: (element: T, index: number) => unknown, options?: IteratorOptions): Promise<void> {
    checkFunction('forEach', 'fn', fn)
    let index = 0
    await this.#visit((element) => fn(element, index++), options)
  }

  /**
   * Folds the elements into one value, from the left (`tf.data.Dataset.reduce`); the function may be async.
   *
   * @throws InvalidArgumentError where the dataset is known to have no end
   */
  async reduce<R>(
    initial: R,
    fn: (value: R, element: T, index: number) => R | PromiseLike<R>,
    options?: IteratorOptions,
  ): Promise<R> {
    checkFunction('reduce', 'fn', fn)
    checkEnds('reduce', this)
    let value = initial
    let index = 0
    const keep = (next: R): void => {
      if (next === undefined) throw returnedNothing('reduce', index)
      value = next
      index++
    }
    await this.#visit((element) => {
      const next = fn(value, element, index)
      if (isThenable(next)) return next.then(keep)
      keep(next)
      return undefined
    }, options)
    return value
  }

  /**
   * Runs this dataset and says where the time goes: busy and waiting, elements and bytes of each operation, and which
   * one is the bottleneck. Its pass is number 0, and is not counted among those of the dataset; see {@link profile}.
   */
  profile(options?: ProfileOptions): Promise<PipelineStats> {
    return profile(this, options)
  }

  /** Writes all elements to a folder that `Dataset.load` reads; it appears whole or not at all. See {@link save}. */
  save(path: string, options?: SaveOptions<T>): Promise<Saved> {
    return save(this, path, options)
  }

  /** Runs one iteration, without a promise an element where neither the pipeline nor `visit` gives one. */
  async #visit(visit: (element: T) => unknown, options?: IteratorOptions): Promise<void> {
    const iterator = this.iterator(options)
    try {
      for (;;) {
        const pulled = visitAtOnce(iterator, visit, options?.signal)
        const element = pulled instanceof Promise ? await pulled : pulled
        if (isEnd(element)) return
        if (element !== undefined) {
          const waited = visit(element)
          if (isThenable(waited)) await orAborted(waited, options?.signal)
        }
        const turn = turnIfDue()
        if (turn !== undefined) await turn
      }
    } finally {
      await iterator.return()
    }
  }
}

/**
 * Visits elements for as long as nothing must be waited for, or the event loop is to turn; gives what is waited for, or the
 * end. A function of its own, in which V8 has nothing to keep from one wait to the next.
 */
function visitAtOnce<T>(
  iterator: DatasetIterator<T>,
  visit: (element: T) => unknown,
  signal: AbortSignal | undefined,
): Pull<T> | Promise<void> {
  const turns = new Turns()
  for (let visited = 1; ; visited++) {
    const element = iterator.pull()
    if (element instanceof Promise || isEnd(element)) return element
    const waited = visit(element)
    if (isThenable(waited)) return orAborted(waited, signal)
    const turn = turns.due(visited)
    if (turn !== undefined) return turn
  }
}

/** A dataset that keeps its elements. */
export class CachedDataset<out T> extends Dataset<T> {
  readonly #clear: () => void | Promise<void>

  constructor(node: PlanNode<T>, clear: () => void | Promise<void>) {
    super(node)
    this.#clear = clear
  }

  /** Forgets what is kept: the next pass runs the input again. Passes under way go on with what they have. */
  async clear(): Promise<void> {
    await this.#clear()
  }
}
