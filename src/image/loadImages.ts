import { checkBoolean, checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { after } from '../core/cursor.ts'
import { mapRandomAccess } from '../core/randomAccess.ts'
import { TensorSpec, type Spec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import { UserFunction } from '../core/userFunction.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { workerMap } from '../ops/workerMap.ts'
import { mostThreads, poolThreads } from '../parallel/processPool.ts'
import { sharedRows, threadsOfBatch } from '../parallel/sharedBatch.ts'
import { workerFn } from '../parallel/workerFunction.ts'
import { checkLoad, loadNames, type LoadOptions, type LoadPlan } from './loadOptions.ts'
import { loadElement, type elementPlan, type ElementPlan } from './loadWorker.ts'

/** Options of `loadImages`. */
export interface LoadImagesOptions extends LoadOptions {
  /** The part of an element that is a path, or the bytes of a picture; `path` by default. */
  readonly from?: string
  /** Whether that part stays in the element; false by default: the image takes its place. */
  readonly keepPath?: boolean
  /** Threads that load; by default as many as there are processors. 0 loads in this thread. */
  readonly workers?: number
}

/** Names of the options. */
export const loadImagesNames = [...loadNames, 'from', 'keepPath', 'workers'] as const

/** What becomes of an element of paths or bytes. */
export type Loaded<T> = T extends string | Uint8Array ? LoadedImage : { readonly image: LoadedImage } & Omit<T, 'path'>

/** An image as it comes out: uint8 or float32 [height, width, channels]. */
export type LoadedImage = NdArray<'uint8' | 'float32', 3>

/**
 * Reads, decodes and prepares pictures in threads: what `decodeImage` and `prepareImage` give, fused.
 *
 * In: paths, bytes, or objects with one of them under `from`, as from `imagePaths` or parsed from Examples. Out: the
 * image, or the object with the image under `image`. Length: unchanged. Order: kept. Random changes are keyed by seed,
 * epoch and index, whatever the number of threads. A `batch` right after it is filled in the threads. Saved: as of `map`
 * with calls in flight.
 *
 * @example
 * imagePaths('flower_photos')
 *   .globalShuffle()
 *   .pipe(loadImages({ size: [224, 224], augment: { crop: true, flipLeftRight: true }, normalize: [-1, 1] }))
 *   .batch(32)
 * @throws InvalidArgumentError where an element holds no picture; the errors of `decodeImage`, with the path
 */
export function loadImages<T>(options: LoadImagesOptions = {}): Stage<T, Loaded<T>> {
  return loadStage<T, Loaded<T>>('loadImages', options)
}

/** The stage, for an operation of any name. */
export function loadStage<T, R>(operation: string, options: LoadImagesOptions): Stage<T, R> {
  checkOptions(operation, options, loadImagesNames)
  const { from = 'path', keepPath = false, workers, ...rest } = options
  if (typeof from !== 'string' || from === '') throw wrongArgument(operation, 'from', 'the name of a part', from)
  checkBoolean(operation, 'keepPath', keepPath)
  if (workers !== undefined) checkCount(operation, 'workers', workers, { max: mostThreads })
  const plan: ElementPlan = { load: checkLoad(operation, rest), from, keep: keepPath }
  const threads = workers ?? poolThreads()
  const mapped = (input: Spec | undefined, numParallelCalls = threads + 1): Stage<T, R> => {
    const outputSignature = loadedSpec(input, plan)
    return workerMap<T, R, ElementPlan, readonly [ElementPlan]>(workerFn(workerModule, 'loadElement'), {
      init: workerFn<typeof elementPlan>(workerModule, 'elementPlan'),
      args: [plan],
      workers: threads,
      numParallelCalls,
      blockSize,
      ...(outputSignature && { outputSignature }),
    })
  }
  return Object.freeze({
    name: 'loadImages',
    args: { ...rest, ...(keepPath && { keepPath }), workers: threads },
    tuning: ['workers'],
    identity: () => mapped(undefined).identity?.() ?? '',
    cardinality: ([length]) => length,
    spec: ([spec]) => loadedSpec(spec, plan),
    open: (inputs, context, state) => mapped(inputs[0].spec).open(inputs, context, state),
    randomAccess: ([upstream], context) => {
      const call = new UserFunction<T, R>(
        (element, { rng }) => loadElement(element, { rng, state: plan }) as R,
        context,
      )
      return mapRandomAccess(upstream, (input) => ({
        length: input.length,
        at: (index) => after(input.at(index), (element) => call.call(element, index)),
      }))
    },
    hints: {
      mapsInWorkers: {
        openBatches: (upstream, context, how, state) => {
          const shared = sharedRows(loadedSpec(upstream.spec, plan)) !== undefined
          const inFlight = shared ? batchesInFlight(how.batchSize, threads) : threads + 1
          const { mapsInWorkers } = mapped(upstream.spec, inFlight).hints ?? {}
          if (mapsInWorkers === undefined) throw new TypeError('a map in workers gives no batches')
          return mapsInWorkers.openBatches(upstream, context, how, state)
        },
      },
    },
  } satisfies Stage<T, R>)
}

/** Batches under way: one for each group of threads that makes batches together, and one that waits for it. */
function batchesInFlight(batchSize: number, threads: number): number {
  return 2 * Math.ceil(Math.max(1, threads) / threadsOfBatch(batchSize, threads))
}

/** Pictures that travel together where no batch follows: few, for each takes long and much memory. */
const blockSize = 4

const workerModule = new URL(import.meta.url.endsWith('.ts') ? './loadWorker.ts' : './loadWorker.js', import.meta.url)

/** What is known of the elements. */
function loadedSpec(input: Spec | undefined, { load, from, keep }: ElementPlan): Spec | undefined {
  const image = imageSpec(load)
  if (input instanceof TensorSpec) return image
  if (input === undefined || Array.isArray(input) || !(from in input)) return undefined
  const { [from]: source, ...rest } = input as Readonly<Record<string, Spec>>
  return { image, ...rest, ...(keep && { [from]: source }) }
}

function imageSpec({ preparation: { size, dtype }, channels }: LoadPlan): TensorSpec {
  return new TensorSpec([...(size ?? [null, null]), channels === 0 ? null : channels], dtype)
}
