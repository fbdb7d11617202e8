import { FixedKnob, type Knob, type KnobRequest, type Tuner } from '../core/tuner.ts'
import { tuningKey, type Tuning } from '../core/runOptions.ts'
import { BufferKnob } from './bufferKnob.ts'
import { CallsKnob } from './callsKnob.ts'

/** What an autotuner goes by. */
export interface AutotunerOptions {
  /** Milliseconds since some moment. */
  readonly now: () => number
  readonly sizeOf: (element: unknown) => number
  /** Bytes that the elements of one knob may take. */
  readonly mostBytes: number
  /** Numbers that are not tuned, from `tuned()` of an earlier run. */
  readonly frozen?: Tuning | undefined
}

/** Chooses what is AUTOTUNE in one run, while it runs. */
export class Autotuner implements Tuner {
  readonly #options: AutotunerOptions
  readonly #knobs = new Map<string, Map<string, Knob>>()

  constructor(options: AutotunerOptions) {
    this.#options = options
  }

  knob(path: string, request: KnobRequest): Knob {
    const place = tuningKey(path)
    let knobs = this.#knobs.get(place)
    if (knobs === undefined) this.#knobs.set(place, (knobs = new Map<string, Knob>()))
    let knob = knobs.get(request.name)
    if (knob === undefined) knobs.set(request.name, (knob = this.#open(place, request)))
    return knob
  }

  /** The numbers as they are now, by operation and argument. */
  tuned(): Tuning {
    const values = (knobs: Map<string, Knob>) =>
      Object.fromEntries([...knobs].map(([name, { value }]) => [name, value]))
    return Object.fromEntries([...this.#knobs].map(([place, knobs]) => [place, values(knobs)]))
  }

  #open(place: string, request: KnobRequest): Knob {
    const { now, sizeOf, mostBytes, frozen } = this.#options
    const value = frozen?.[place]?.[request.name]
    if (value !== undefined) return new FixedKnob(Math.min(Math.max(value, request.least), request.most))
    const affords = (element: unknown, count: number): boolean => count * sizeOf(element) <= mostBytes
    return request.kind === 'buffer' ? new BufferKnob(request, affords) : new CallsKnob(request, { now, affords })
  }
}
