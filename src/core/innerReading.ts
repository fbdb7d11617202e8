import { isEnd, type END } from './cursor.ts'
import type { InnerDataset } from './innerDatasets.ts'
import { hold, openAccount, type MemoryAccount } from './memory.ts'
import { Queue } from './queue.ts'
import { ReadAhead, type ReadAheadState } from './readAhead.ts'
import type { StageContext } from './stage.ts'
import type { QueueDepth } from './stageReport.ts'
import { openKnob, type Knob } from './tuner.ts'

/** What a pull gave; an error waits for its turn like an element. */
export type Outcome<R> = { readonly element: R | typeof END } | { readonly error: unknown }

/** How many pulls may be pending among several readings, and what is done after each. */
export interface PullQuota {
  readonly most: Knob
  pending: number
  /** Whether more pulls were wanted than there may be, since the last element that was handed on. */
  held: boolean
  readonly account: MemoryAccount
  readonly settled: () => void
}

/** Elements of one inner dataset that are read ahead while none is waited for, at most. */
export const mostInTurn = 16

/** Part of the capped memory that an element counts as before it is there, at the least. */
const share = 1 / 16

/**
 * Opens the quota of a stage.
 *
 * @param most pulls at once, or AUTOTUNE: then at most as many as there are readings
 */
export function openQuota(most: number, readings: number, context: StageContext, settled: () => void): PullQuota {
  const tuned = { start: Math.min(8, readings), least: 1, most: readings }
  const knob = openKnob(most, context, { name: 'numParallelCalls', kind: 'calls', ...tuned })
  return { most: knob, pending: 0, held: false, account: openAccount(context, share), settled }
}

interface Kept<R> {
  readonly outcome: Outcome<R>
  readonly bytes: number
}

/** An inner dataset that is read ahead into a buffer, one pull at a time. */
export class InnerReading<R> {
  /** Index of the element that the dataset was made of. */
  readonly index: number
  readonly #source: ReadAhead<R>
  readonly #quota: PullQuota
  readonly #buffer = new Queue<Kept<R>>()
  #pulling = false
  #ended = false

  constructor({ index, upstream }: InnerDataset<R>, quota: PullQuota, state?: ReadAheadState) {
    this.index = index
    this.#source = new ReadAhead(upstream, state)
    this.#quota = quota
  }

  /** Outcomes that are there. */
  get ready(): number {
    return this.#buffer.length
  }

  /** Whether its end was read; it may yet have to be taken. */
  get ended(): boolean {
    return this.#ended
  }

  /** Passes over what was delivered before; to be awaited once, before the first `read()`, where there is a state. */
  catchUp(): void | Promise<void> {
    return this.#source.catchUp()
  }

  /**
   * Pulls until so many outcomes are there, something must be waited for, or no more pulls may be pending.
   *
   * @param wanted whether the consumer waits for the next one, for which there is always room
   */
  read(bufferSize: number, wanted: boolean): void {
    const { account } = this.#quota
    while (!this.#pulling && !this.#ended && this.#buffer.length < bufferSize) {
      if (this.#quota.pending >= this.#quota.most.value) {
        this.#quota.held = true
        return
      }
      if (!account.hasRoom() && !(wanted && this.#buffer.length === 0)) return
      this.#source.willRead()
      let element
      try {
        element = this.#source.cursor.next()
      } catch (error) {
        this.#keep({ error })
        continue
      }
      if (element instanceof Promise) this.#await(element)
      else this.#keep({ element })
    }
  }

  /** The next outcome, or undefined where it is not there yet. */
  take(): Outcome<R> | undefined {
    const kept = this.#buffer.shift()
    if (kept === undefined) return undefined
    const { outcome, bytes } = kept
    this.#quota.account.release(bytes)
    if (!('element' in outcome && isEnd(outcome.element))) this.#source.didDeliver()
    return outcome
  }

  /** The place after the last outcome taken. */
  state(): ReadAheadState {
    return this.#source.state()
  }

  close(): void | Promise<void> {
    this.#ended = true
    while (this.#buffer.length > 0) this.#quota.account.release(this.#buffer.shift()?.bytes ?? 0)
    return this.#source.cursor.close()
  }

  #keep(outcome: Outcome<R>): void {
    let bytes = 0
    if ('element' in outcome) {
      if (isEnd(outcome.element)) this.#ended = true
      else {
        try {
          bytes = hold(this.#quota.account, outcome.element)
        } catch (error) {
          outcome = { error }
        }
      }
    }
    if ('error' in outcome) this.#source.didFail()
    this.#buffer.push({ outcome, bytes })
  }

  #await(pending: Promise<R | typeof END>): void {
    const { account } = this.#quota
    this.#pulling = true
    this.#quota.pending++
    account.expect()
    const keep = (outcome: Outcome<R>): void => {
      this.#pulling = false
      this.#quota.pending--
      account.arrived()
      this.#keep(outcome)
      this.#quota.settled()
    }
    pending.then(
      (element) => keep({ element }),
      (error: unknown) => keep({ error }),
    )
  }
}

/** What is ready, and in flight, in several readings. */
export function queueOf(readings: readonly InnerReading<unknown>[], { pending }: PullQuota): QueueDepth {
  return { ready: readings.reduce((sum, { ready }) => sum + ready, 0), inFlight: pending }
}
