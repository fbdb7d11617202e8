import { FailedPreconditionError } from '../core/errors.ts'
import { isTyped } from './dtype.ts'
import { isStructure } from './element.ts'
import { isNdArray } from './ndarray.ts'

/** Bytes of an array that are overwritten: enough to be seen, and few enough not to be felt. */
const spoiledBytes = 1 << 12

/** Read once: looking it up takes longer than giving a batch back. */
const inProduction = process.env.NODE_ENV === 'production'

/** What memory that was given back holds. */
const spoiledByte = 0xdd

/**
 * Makes an element that was given back useless, so that a use of it is found: reading `data` of its NdArrays throws, and
 * bytes of it that somebody kept show 0xdd. Not where NODE_ENV is `production`.
 */
export function spoil(element: unknown): void {
  if (inProduction) return
  if (isNdArray(element)) {
    if (isTyped(element.dtype)) spoilBytes(element.data as Uint8Array)
    Object.defineProperty(element, 'data', { get: refuse, configurable: true })
  } else if (element instanceof Uint8Array) spoilBytes(element)
  else if (isStructure(element)) Object.values(element).forEach(spoil)
}

function spoilBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): void {
  // Empty too where it was sent to another thread meanwhile.
  if (byteLength > 0) new Uint8Array(buffer, byteOffset, Math.min(byteLength, spoiledBytes)).fill(spoiledByte)
}

function refuse(): never {
  throw new FailedPreconditionError('NdArray: this array was given back with release(), and is read after that.', {
    hint: 'Release an element once you are done with it, or keep a copy of what you need longer.',
  })
}
