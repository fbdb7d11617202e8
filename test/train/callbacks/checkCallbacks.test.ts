import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../../src/core/errors.ts'
import { checkCallbacks } from '../../../src/train/callbacks/checkCallbacks.ts'
import { fit } from '../../../src/train/fit.ts'
import { batches, smallModel } from '../models.ts'

const nothing = (): void => undefined

/** What the check says of callbacks: the message, and the nearest name of the hint. */
function complaint(callbacks: unknown): string {
  try {
    checkCallbacks('fit', callbacks)
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidArgumentError)
    return (error as Error).message
  }
  return 'none'
}

class Recorder {
  readonly losses: number[] = []
  onlyOnce = false

  onBatchEnd({ loss }: { readonly loss: number }): void {
    this.losses.push(loss)
    this.once()
  }

  once(): void {
    this.onlyOnce = true
  }
}

class Misspelt extends Recorder {
  onBatchEnds(): void {
    this.once()
  }
}

describe('checkCallbacks', () => {
  it.each([
    ['none', []],
    ['all hooks', [{ onTrainBegin: nothing, onEpochBegin: nothing, onBatchEnd: nothing, onValidationEnd: nothing }]],
    ['the others', [{ onEpochEnd: nothing, onTrainEnd: nothing, close: nothing, save: nothing, restore: nothing }]],
    ['hooks that are left out', [{ onEpochEnd: undefined }]],
    [
      'members of its own',
      [new Recorder(), { once: nothing, only: nothing, on: nothing, onTheWay: 1, closed: nothing }],
    ],
    ['an object without a class', [Object.assign(Object.create(null) as object, { onEpochEnd: nothing })]],
  ])('takes %s', (_, callbacks) => {
    expect(complaint(callbacks)).toBe('none')
  })

  it.each([
    [{ onEpochEnds: nothing }, 'onEpochEnds', 'onEpochEnd'],
    [{ onTrainingEnd: nothing }, 'onTrainingEnd', 'onTrainEnd'],
    [{ onbatchEnd: nothing }, 'onbatchEnd', 'onBatchEnd'],
    [{ OnEpochEnd: nothing }, 'OnEpochEnd', 'onEpochEnd'],
    [{ noTrainEnd: nothing }, 'noTrainEnd', 'onTrainEnd'],
    [{ on_epoch_begin: nothing }, 'on_epoch_begin', 'onEpochBegin'],
    [{ onTrainBatchEnd: nothing }, 'onTrainBatchEnd', 'onBatchEnd'],
    [new Misspelt(), 'onBatchEnds', 'onBatchEnd'],
  ])('refuses a name that is no hook, %#', (callback, name, hook) => {
    const hooks =
      'onTrainBegin, onEpochBegin, onBatchEnd, onValidationEnd, onEpochEnd, onTrainEnd, close, save, restore'
    expect(complaint([{}, callback])).toBe(
      `fit: callbacks[1] has a function ${name}, which is no hook. Did you mean ${hook}? The hooks are ${hooks}.`,
    )
  })

  it.each([
    ['soon', 'fit: callbacks must be an array, got "soon".'],
    [[{}, null], 'fit: callbacks[1] must be an object with hooks, got null.'],
    [[nothing], /^fit: callbacks\[0\] must be an object with hooks, got /],
    [[{ onEpochEnd: 7 }], 'fit: callbacks[0].onEpochEnd must be a function, got 7.'],
  ])('refuses what is no callback, %#', (callbacks, message) => {
    expect(complaint(callbacks)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  })

  it('is asked before fit makes a step', async () => {
    const callbacks = [{ onEpochEnds: nothing, onTrainBegin: () => expect.unreachable() }]
    const running = fit(smallModel(), batches(8), { inputs: 'image', targets: 'label', callbacks })
    await expect(running).rejects.toThrow('Did you mean onEpochEnd?')
  })
})
