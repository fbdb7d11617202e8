/*
 * Words that say where the blocks of one worker map are, for both threads.
 *
 *   0        1 once nobody wants the blocks any more
 *   1 + 4 p  of the block at place p: 0 waiting, 1 running, 2 done
 *   2 + 4 p  the thread that runs it
 *   3 + 4 p  offset of the element that is with the function
 *   4 + 4 p  offset of the next element that no thread has taken
 *
 * A batch that several threads make together has a place for each of them; they take elements at the first of these.
 */

const state = 1
const thread = 2
const offset = 3
const next = 4
const wordsPerPlace = 4

const waiting = 0
const running = 1
const done = 2

/** Where the blocks of a worker map are; both threads have one over the same memory. */
export class BlockWords {
  readonly words: Int32Array<SharedArrayBuffer>

  /** @param words those of the other thread, or how many places there are */
  constructor(words: Int32Array<SharedArrayBuffer> | number) {
    this.words =
      typeof words === 'number' ? new Int32Array(new SharedArrayBuffer(4 * (1 + wordsPerPlace * words))) : words
  }

  /** Host: nobody wants the blocks any more. */
  cancel(): void {
    Atomics.store(this.words, 0, 1)
  }

  /** Whether nobody wants the blocks any more. */
  get cancelled(): boolean {
    return Atomics.load(this.words, 0) === 1
  }

  /** Host: the block at a place is about to be sent. */
  wait(place: number): void {
    Atomics.store(this.words, wordsPerPlace * place + next, 0)
    Atomics.store(this.words, wordsPerPlace * place + state, waiting)
  }

  /** Worker: the block begins. */
  begin(place: number, threadId: number): void {
    const at = wordsPerPlace * place
    Atomics.store(this.words, at + thread, threadId)
    Atomics.store(this.words, at + offset, 0)
    Atomics.store(this.words, at + state, running)
  }

  /** Worker: the offset of an element that is this thread's from now on; beyond the last where all are taken. */
  take(place: number): number {
    return Atomics.add(this.words, wordsPerPlace * place + next, 1)
  }

  /** Worker: no more elements than these are to be taken. */
  takeAll(place: number, elements: number): void {
    Atomics.store(this.words, wordsPerPlace * place + next, elements)
  }

  /** Worker: the function is about to be called with the element at an offset. */
  reach(place: number, at: number): void {
    Atomics.store(this.words, wordsPerPlace * place + offset, at)
  }

  /** Worker: the block is over. */
  finish(place: number): void {
    Atomics.store(this.words, wordsPerPlace * place + state, done)
  }

  /** Host: where a block that is running is; undefined where it waits or is over. */
  runningAt(place: number): { readonly thread: number; readonly offset: number } | undefined {
    const at = wordsPerPlace * place
    if (Atomics.load(this.words, at + state) !== running) return undefined
    return { thread: Atomics.load(this.words, at + thread), offset: Atomics.load(this.words, at + offset) }
  }
}
