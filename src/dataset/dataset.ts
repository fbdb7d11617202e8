import { checkCount, checkFunction, checkOptions, returnedNothing, wrongArgument } from '../core/checks.ts'
import { END, isThenable } from '../core/cursor.ts'
import { checkRandomAccess } from '../core/randomAccess.ts'
import type { Spec } from '../core/spec.ts'
import { planNode, type Cardinality, type PlanNode, type Source, type Stage } from '../core/stage.ts'
import type { ElementContext, ElementFunction } from '../core/userFunction.ts'
import type { Batched, Tensors, Unbatched } from '../ndarray/element.ts'
import * as ops from '../ops/index.ts'
import type { AnyFunction, WorkerFunction } from '../parallel/workerFunction.ts'
import * as sources from '../sources/index.ts'
import { DatasetIterator, type IteratorOptions } from './datasetIterator.ts'
import { ElementReader, type ReaderOptions } from './elementReader.ts'
import { explain } from './explain.ts'
import { checkState } from './iteratorState.ts'
import { optimize } from './optimizer/optimize.ts'

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
  #iterators = 0

  constructor(node: PlanNode<T>) {
    this.node = node
  }

  /** A dataset that begins with a source stage. */
  static from<T>(source: Stage<never, T>): Dataset<T> {
    return new Dataset(planNode(source, []))
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

  /** Whole numbers: `range(stop)` or `range(start, stop, step)`; see {@link sources.range}. */
  static range(start: number, stop?: number, step?: number): Dataset<number> {
    return Dataset.from(sources.range(start, stop, step))
  }

  /** The elements of a dataset that runs in worker threads; see {@link sources.fromWorkers}. */
  static fromWorkers<F extends AnyFunction>(
    fn: WorkerFunction<F>,
    options?: sources.FromWorkersOptions<Parameters<F>>,
  ): Dataset<sources.BuiltElement<F>> {
    return Dataset.from(sources.fromWorkers(fn, options))
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

  /** One element of each input at a time, in a tuple or an object as the inputs are; see {@link ops.zip}. */
  static zip<const S extends ops.SourceStructure>(datasets: S): Dataset<ops.Zipped<S>> {
    const { stage, inputs } = ops.zip(datasets)
    return new Dataset(planNode(stage, inputs))
  }

  /** The plan as it runs. */
  get optimized(): PlanNode<T> {
    return optimize(this.node)
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

  /** Leaves elements out until all classes come up equally often; see {@link ops.balance}. */
  balance(options: ops.BalanceOptions<T>): Dataset<T> {
    return this.pipe(ops.balance(options))
  }

  /** Stacks consecutive elements; see {@link ops.batch}. */
  batch(batchSize: number, options?: ops.BatchOptions): Dataset<Batched<T>> {
    return this.pipe(ops.batch<T>(batchSize, options))
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

  /** Shuffles all elements of an input that is read by index, in constant memory; see {@link ops.globalShuffle}. */
  globalShuffle(options?: ops.GlobalShuffleOptions): Dataset<T> {
    checkRandomAccess('globalShuffle', this.node, (sequential) => {
      return `Put globalShuffle before ${sequential}, or use shuffle(bufferSize), which reads in order.`
    })
    return this.pipe(ops.globalShuffle<T>(options))
  }

  /** Applies a function, sync or async, to each element; see {@link ops.map}. */
  map<R>(fn: ElementFunction<T, R>, options?: ops.MapOptions): Dataset<R> {
    return this.pipe(ops.map(fn, options))
  }

  /** Reads ahead while the consumer awaits something; see {@link ops.prefetch}. */
  prefetch(bufferSize: number): Dataset<T> {
    return this.pipe(ops.prefetch<T>(bufferSize))
  }

  /** Leaves elements out, or repeats them, until the classes have the shares wanted; see {@link ops.rejectionResample}. */
  rejectionResample(options: ops.ResampleOptions<T>): Dataset<[number, T]> {
    return this.pipe(ops.rejectionResample(options))
  }

  /** Passes over the data `count` times, for ever by default; see {@link ops.repeat}. */
  repeat(count?: number): Dataset<T> {
    return this.pipe(ops.repeat<T>(count))
  }

  /** Shuffles through a buffer; see {@link ops.shuffle}. */
  shuffle(bufferSize: number, options?: ops.ShuffleOptions): Dataset<T> {
    return this.pipe(ops.shuffle<T>(bufferSize, options))
  }

  /** All but the first `count` elements; see {@link ops.skip}. */
  skip(count: number): Dataset<T> {
    return this.pipe(ops.skip<T>(count))
  }

  /** The first `count` elements; see {@link ops.take}. */
  take(count: number): Dataset<T> {
    return this.pipe(ops.take<T>(count))
  }

  /** Takes batches apart; see {@link ops.unbatch}. */
  unbatch(): Dataset<Unbatched<T>> {
    return this.pipe(ops.unbatch<T>())
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
    checkOptions('iterator', options, ['state', 'signal', 'epoch'])
    const { state, signal } = options
    if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.addEventListener !== 'function') {
      throw wrongArgument('iterator', 'signal', 'an AbortSignal', signal)
    }
    const saved = state === undefined ? undefined : checkState(this.node, state)
    const epoch = checkCount('iterator', 'epoch', options.epoch ?? saved?.epoch ?? this.#iterators)
    this.#iterators = Math.max(this.#iterators, epoch + 1)
    return new DatasetIterator(this, { seed: saved?.seed ?? 0, epoch, position: saved?.position, signal })
  }

  [Symbol.asyncIterator](): DatasetIterator<T> {
    return this.iterator()
  }

  /** All elements, in an array. */
  async toArray(options?: IteratorOptions): Promise<T[]> {
    const elements: T[] = []
    await this.#visit((element) => elements.push(element), options)
    return elements
  }

  /** The first element, or undefined where there is none. */
  async first(options?: IteratorOptions): Promise<T | undefined> {
    await using iterator = this.iterator(options)
    const element = await iterator.pull()
    return element === END ? undefined : element
  }

  /** Calls a function, sync or async, with each element and its index, one at a time. */
  async forEach(fn: (element: T, index: number) => unknown, options?: IteratorOptions): Promise<void> {
    checkFunction('forEach', 'fn', fn)
    let index = 0
    await this.#visit((element) => fn(element, index++), options)
  }

  /** Folds the elements into one value, from the left (`tf.data.Dataset.reduce`); the function may be async. */
  async reduce<R>(
    initial: R,
    fn: (value: R, element: T, index: number) => R | PromiseLike<R>,
    options?: IteratorOptions,
  ): Promise<R> {
    checkFunction('reduce', 'fn', fn)
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

  /** Runs one iteration, without a promise an element where neither the pipeline nor `visit` gives one. */
  async #visit(visit: (element: T) => unknown, options?: IteratorOptions): Promise<void> {
    const iterator = this.iterator(options)
    try {
      for (;;) {
        const pulled = iterator.pull()
        const element = pulled instanceof Promise ? await pulled : pulled
        if (element === END) return
        const visited = visit(element)
        if (isThenable(visited)) await visited
      }
    } finally {
      await iterator.return()
    }
  }
}
