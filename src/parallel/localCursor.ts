import { after, END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { CancelledError } from '../core/errors.ts'
import type { StageContext } from '../core/stage.ts'
import { buildPlan, openTask } from './pipelineTask.ts'
import type { FromWorkersState, PipelineStart } from './workersCursor.ts'

/** The pipeline of a worker, in this thread. */
export class LocalCursor<T> implements Cursor<T> {
  readonly #start: PipelineStart
  readonly #signal: AbortSignal
  #plan: readonly string[]
  #index: number
  #cursor: Cursor<T> | undefined
  #ended = false

  constructor(start: PipelineStart, context: StageContext) {
    this.#start = start
    this.#signal = context.signal
    this.#plan = start.state?.plan ?? []
    this.#index = start.state?.index ?? 0
  }

  /** Whether the pipeline was built. */
  get begun(): boolean {
    return this.#cursor !== undefined
  }

  next(): Pull<T> {
    if (this.#ended) return END
    return after(this.#cursor ?? this.#open(), (cursor): Pull<T> => {
      this.#index++
      return after(cursor.next(), (element) => {
        if (isEnd(element)) {
          this.#index--
          this.#ended = true
        }
        return element
      })
    })
  }

  state(): FromWorkersState {
    return {
      plan: this.#plan,
      index: this.#index,
      upstream: this.#cursor?.state() ?? this.#start.state?.upstream ?? null,
    }
  }

  close(): void | Promise<void> {
    this.#ended = true
    return this.#cursor?.close()
  }

  async #open(): Promise<Cursor<T>> {
    try {
      const source = await buildPlan(this.#start, (plan) => {
        this.#plan = plan
      })
      if (this.#ended) throw new CancelledError('fromWorkers: closed while the pipeline was built.')
      this.#cursor = openTask(this.#start, source, this.#signal) as Cursor<T>
      return this.#cursor
    } catch (error) {
      this.#ended = true
      throw error
    }
  }
}
