import type { StageContext } from './stage.ts'

/** In place of a number: it is chosen while the pipeline runs (`tf.data.AUTOTUNE`). */
export const AUTOTUNE = -1

/** A number that may change while the pipeline runs. Nothing but speed and memory may depend on it. */
export interface Knob {
  /** The number now. */
  readonly value: number
  /**
   * To be called for each element that the stage hands on.
   *
   * @param element what is handed on, undefined where it is an error
   * @param waited whether the consumer had to wait for it
   * @param held whether the number kept the stage from doing more, at some time since the element before
   */
  took(element: unknown, waited: boolean, held: boolean): void
}

/** What a stage asks a tuner for. */
export interface KnobRequest {
  /** The argument that it stands for. */
  readonly name: string
  /**
   * What more of it is good for: `calls` do more work at a time, up to some limit outside; a `buffer` only evens out
   * what comes irregularly.
   */
  readonly kind: 'calls' | 'buffer'
  /** Where it begins, and what it is where nobody tunes. */
  readonly start: number
  readonly least: number
  readonly most: number
}

/** Chooses the numbers of a run. */
export interface Tuner {
  /** The knob of an operation: the same one each time that the operation is opened. */
  knob(path: string, request: KnobRequest): Knob
}

/** The knob of an argument; one that stays as it is where the value is not AUTOTUNE. */
export function openKnob(value: number, context: StageContext, request: KnobRequest): Knob {
  if (value !== AUTOTUNE) return new FixedKnob(value)
  return context.tuner?.knob(context.path, request) ?? new FixedKnob(request.start)
}

/** A number that stays as it is. */
export class FixedKnob implements Knob {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }

  took(): void {
    // Nobody tunes it.
  }
}
