import { Memory } from '../core/memory.ts'
import type { RunOptions } from '../core/runOptions.ts'
import { Autotuner, type AutotunerOptions } from './autotuner.ts'

/** Bytes that the elements of one tuned buffer may take where the memory has no cap. */
const mostTunedBytes = 256 * 2 ** 20

/** What chooses the numbers of a run, and what bounds its memory; undefined where the options want none. */
export interface TunedRun {
  readonly tuner: Autotuner | undefined
  readonly memory: Memory | undefined
}

/**
 * Makes the tuner and the memory of a run, as its options say.
 *
 * @param now milliseconds since some moment
 * @param sizeOf bytes of an element
 */
export function tunedRun(
  { memory, autotune = true }: RunOptions,
  { now, sizeOf }: Pick<AutotunerOptions, 'now' | 'sizeOf'>,
): TunedRun {
  const tuner = (): Autotuner =>
    new Autotuner({
      now,
      sizeOf,
      mostBytes: memory === undefined ? mostTunedBytes : memory / 2,
      frozen: autotune === true || autotune === false ? undefined : autotune,
    })
  return {
    tuner: autotune === false ? undefined : tuner(),
    memory: memory === undefined ? undefined : new Memory(memory, sizeOf),
  }
}
