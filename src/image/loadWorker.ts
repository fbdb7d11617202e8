import { InvalidArgumentError } from '../core/errors.ts'
import { isStructure } from '../ndarray/element.ts'
import { describe, type NdArray } from '../ndarray/ndarray.ts'
import type { WorkerContext } from '../parallel/mapBlock.ts'
import { loadImage } from './loadImage.ts'
import type { LoadPlan } from './loadOptions.ts'

/** What `loadImages` does to an element: plain data, which can travel to a thread. */
export interface ElementPlan {
  readonly load: LoadPlan
  /** The part of an element that is a path, or the bytes of a picture. */
  readonly from: string
  /** Whether that part stays beside the image. */
  readonly keep: boolean
}

/** What is needed once in each thread. */
export function elementPlan(plan: ElementPlan): ElementPlan {
  return plan
}

/** What a function in a thread is told, as far as it is used here. */
export type LoadContext = Pick<WorkerContext<ElementPlan>, 'rng' | 'state' | 'room'>

/** Makes an element with an image of one with a path or bytes; runs in the threads of the pool. */
export function loadElement(element: unknown, { rng, state, room }: LoadContext): unknown {
  const { load, from, keep } = state
  if (isSource(element)) return loadImage(element, load, rng, room)
  const parts =
    isStructure(element) && !Array.isArray(element) ? (element as Readonly<Record<string, unknown>>) : undefined
  const source = parts?.[from]
  if (parts === undefined || !isSource(source)) throw noPicture(element, parts, from)
  const withImage = (image: NdArray): unknown => {
    const { [from]: taken, ...rest } = parts
    return { image, ...rest, ...(keep && { [from]: taken }) }
  }
  const image = loadImage(source, load, rng, room)
  return image instanceof Promise ? image.then(withImage) : withImage(image)
}

function isSource(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array
}

function noPicture(element: unknown, parts: object | undefined, from: string): InvalidArgumentError {
  if (parts === undefined) {
    return new InvalidArgumentError(
      `the element is ${describe(element)}, not a path, bytes, or an object with one of them.`,
    )
  }
  return new InvalidArgumentError(`there is no path and there are no bytes in ${from} of ${describe(element)}.`, {
    hint: `Name the part that holds them: from: '${Object.keys(parts)[0] ?? 'path'}'.`,
  })
}
