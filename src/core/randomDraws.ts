import { randomBelow, type RandomKey } from './random.ts'

/** How often was drawn from a buffer, and how many elements were read into it. */
export interface Draws {
  readonly delivered: number
  readonly read: number
}

/**
 * Plays the draws from a buffer again on positions alone.
 *
 * @returns for each slot of the buffer how many elements were read before the one in it
 */
export function replayDraws(key: RandomKey, bufferSize: number, state: Draws): number[] {
  const origins: number[] = []
  let read = 0
  for (let delivered = 0; ; delivered++) {
    while (read < state.read && origins.length < bufferSize) origins.push(read++)
    if (delivered === state.delivered) return origins
    moveLastTo(origins, randomBelow(key, delivered, origins.length))
  }
}

/** Takes an item out of a list: the last one takes its slot. */
export function moveLastTo(list: unknown[], slot: number): void {
  const last = list.pop()
  if (slot < list.length) list[slot] = last
}
