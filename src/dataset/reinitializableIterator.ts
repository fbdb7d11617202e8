import { wrongArgument } from '../core/checks.ts'
import { CancelledError, FailedPreconditionError, InvalidArgumentError } from '../core/errors.ts'
import { specMismatch, specText, TensorSpec, type Spec } from '../core/spec.ts'
import { isSource, type Source } from '../core/stage.ts'
import { elementMismatch } from '../ndarray/element.ts'
import type { Dataset } from './dataset.ts'
import type { DatasetIterator } from './datasetIterator.ts'
import type { IteratorOptions } from './iteratorOptions.ts'
import type { IteratorState } from './iteratorState.ts'

/** A run over one dataset. */
interface Current<T> {
  readonly iterator: DatasetIterator<T>
  /** Whether the dataset does not say its spec, so that each element is looked at. */
  readonly unchecked: boolean
}

/**
 * An iterator made from a structure and initialized with any dataset of that structure, again and again
 * (`tf.compat.v1.data.Iterator.from_structure`): a loop that is written once can go over the training data and then
 * over the validation data.
 *
 * @example
 * const train = Dataset.range(2)
 * const iterator = ReinitializableIterator.fromStructure(train)
 * await iterator.initialize(train)
 * await iterator.getNext() // 0
 * await iterator.initialize(Dataset.range(7, 9))
 * await iterator.getNext() // 7
 */
export class ReinitializableIterator<in out T> {
  /** What every element looks like. */
  readonly elementSpec: Spec
  #current: Current<T> | undefined

  private constructor(elementSpec: Spec) {
    this.elementSpec = elementSpec
  }

  /**
   * Makes one that is not initialized yet.
   *
   * @param structure an element spec, or a dataset whose element spec is meant
   * @throws InvalidArgumentError where the dataset does not know its spec
   */
  static fromStructure<T>(structure: Source<T> | Spec): ReinitializableIterator<T> {
    const spec = isSource(structure) ? structure.node.spec : structure
    if (spec === undefined) {
      throw new InvalidArgumentError('fromStructure: the dataset does not know its element spec.', {
        hint: 'Give the spec itself, or map with an outputSignature.',
      })
    }
    if (!isSpec(spec)) throw wrongArgument('fromStructure', 'structure', 'an element spec or a Dataset', structure)
    return new ReinitializableIterator<T>(spec)
  }

  /**
   * Begins with a dataset, in place of the one before, whose run is ended: an element of it that is still waited for
   * becomes a CancelledError. Resolves once that run has freed what it held. Where a dataset does not say its spec, each
   * element is checked.
   *
   * @param options as of `dataset.iterator`; with `state` it goes on from what `save()` gave
   * @throws InvalidArgumentError naming the first leaf that differs from the structure; the run before goes on then
   */
  async initialize(dataset: Dataset<T>, options?: IteratorOptions): Promise<void> {
    if (!isSource(dataset)) throw wrongArgument('initialize', 'dataset', 'a Dataset', dataset)
    const given = dataset.elementSpec
    const mismatch = given === undefined ? undefined : specMismatch(given, this.elementSpec)
    if (mismatch !== undefined) {
      throw new InvalidArgumentError(`initialize: the dataset does not have the iterator's structure: ${mismatch}.`)
    }
    const before = this.#current
    this.#current = { iterator: dataset.iterator(options), unchecked: given === undefined }
    await before?.iterator.return()
  }

  /**
   * The next element. Calls made before an earlier one is done wait for their turn.
   *
   * @throws OutOfRangeError at the end, again and again, until it is initialized anew
   * @throws FailedPreconditionError before it is initialized, and after it was closed
   * @throws CancelledError where it is initialized anew, or closed, while this element is waited for
   */
  async getNext(): Promise<T> {
    const current = this.#run('getNext')
    let element
    try {
      element = await current.iterator.getNext()
    } catch (error) {
      throw current === this.#current ? error : this.#replaced(error)
    }
    if (current.unchecked) this.#check(element)
    return element
  }

  /**
   * Where the run over the present dataset stands, for `initialize(dataset, { state })`.
   *
   * @throws FailedPreconditionError before it is initialized, and while an element is waited for
   */
  save(): IteratorState {
    return this.#run('save').iterator.save()
  }

  /** Ends the run and frees what it holds; `initialize` may begin another. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { iterator } = this.#current ?? {}
    this.#current = undefined
    await iterator?.return()
  }

  #run(call: string): Current<T> {
    if (this.#current !== undefined) return this.#current
    throw new FailedPreconditionError(`iterator: ${call}() was called on an iterator that is not initialized.`, {
      hint: 'Await initialize(dataset) first.',
    })
  }

  #replaced(cause: unknown): CancelledError {
    const how = this.#current === undefined ? 'closed' : 'initialized anew'
    return new CancelledError(`iterator: it was ${how} while an element was waited for.`, { cause })
  }

  #check(element: T): void {
    const mismatch = elementMismatch(element, this.elementSpec)
    if (mismatch === undefined) return
    throw new InvalidArgumentError(`iterator: an element does not have the iterator's structure: ${mismatch}.`, {
      hint: `It is ${specText(this.elementSpec)}.`,
    })
  }
}

function isSpec(value: unknown): value is Spec {
  if (value instanceof TensorSpec) return true
  return typeof value === 'object' && value !== null && Object.values(value).every(isSpec)
}
