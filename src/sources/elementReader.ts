import type { END } from '../core/cursor.ts'
import type { ByteWindow } from '../files/byteWindow.ts'

/** What a reader answers where the next element does not end within the window. */
export const MORE: unique symbol = Symbol('millrace.MORE')

/**
 * Cuts elements out of a window on one file. It takes the bytes of whole elements only: after MORE, the window begins
 * where it did, and holds more bytes or is `ended`. One that throws has taken the bytes of what was wrong.
 */
export interface ElementReader<out T> {
  /** Lines or records taken so far. */
  readonly taken: number
  /** Whether what was wrong is the file as a whole: nothing more comes of it. */
  readonly spoilt: boolean
  /** The next element. */
  next(): T | typeof END | typeof MORE
  /** Takes up to `count` elements without making them; fewer where the window has no more whole ones. */
  skip(count: number): number
  /** Reads the head of the file, before a jump to where an earlier pass stopped; false where it needs more bytes. */
  begin(): boolean
  /** Goes on from a place where `taken` lines or records were taken. */
  resume(taken: number): void
}

/** A way to cut files into elements. */
export interface FileFormat<out T> {
  /** What it counts: the key in the state. */
  readonly unit: 'line' | 'record'
  /** Whether elements are views on the bytes that were read. */
  readonly views?: boolean
  reader(window: ByteWindow): ElementReader<T>
}
