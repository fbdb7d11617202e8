import { setImmediate } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { setBackend } from '../../src/train/backend/setBackend.ts'
import type { Callback } from '../../src/train/callbacks/callback.ts'
import { fit } from '../../src/train/fit.ts'
import { rows, smallModel, weightsOf } from './models.ts'

const fields = { inputs: 'image', targets: 'label' } as const

beforeAll(() => setBackend('wasm'))

/** Six batches a pass, read ahead, that tell when a pass begins to read, and when it is closed. */
function observed(events: string[], { failsIn = -1, unclosable = -1, ahead = 2 } = {}) {
  let passes = 0
  const close = (pass: number): void => {
    events.push(`closed ${pass}`)
    if (pass === unclosable) throw new RangeError('cannot be closed')
  }
  const numbers = Dataset.fromGenerator(function* () {
    const pass = passes++
    events.push(`read ${pass}`)
    try {
      for (let i = 0; i < 96; i++) {
        if (pass === failsIn) throw new RangeError('broken')
        yield i
      }
    } finally {
      close(pass)
    }
  })
  return Dataset.zip([rows(96), numbers])
    .map(([row]) => row)
    .batch(16)
    .prefetch(ahead)
}

function steps(events: string[]): { readonly callbacks: readonly Callback[] } {
  return {
    callbacks: [
      {
        onBatchEnd: async ({ step }) => {
          events.push(`step ${step}`)
          // Time for the prefetch, which reads one batch a turn of the event loop.
          for (let turn = 0; turn < 4; turn++) await setImmediate()
        },
        onEpochEnd: ({ epoch }) => void events.push(`end ${epoch}`),
      },
    ],
  }
}

describe('the next pass', () => {
  it('begins to read while the last batches of the one at hand are trained on', async () => {
    const events: string[] = []
    await fit(smallModel(), observed(events), { ...fields, ...steps(events), epochs: 3 })
    expect(events.indexOf('read 1')).toBeLessThan(events.indexOf('step 6'))
    expect(events.indexOf('read 1')).toBeGreaterThan(events.indexOf('step 1'))
    expect(events.indexOf('read 2')).toBeLessThan(events.indexOf('end 1'))
    expect(events.filter((event) => event.startsWith('read'))).toEqual(['read 0', 'read 1', 'read 2'])
    expect(events.filter((event) => event.startsWith('closed'))).toHaveLength(3)
  })

  it('begins to read before the end of a pass is reported, where no more than one batch is made ahead', async () => {
    const events: string[] = []
    await fit(smallModel(), observed(events, { ahead: 1 }), { ...fields, ...steps(events), epochs: 2 })
    expect(events.indexOf('read 1')).toBeLessThan(events.indexOf('end 0'))
  })

  it('gives the batches that it gives alone', async () => {
    const [ahead, alone] = [smallModel(), smallModel()]
    const shuffled = rows(48).shuffle(48, { seed: 3 }).batch(16)
    await fit(ahead, shuffled.prefetch(2), { ...fields, epochs: 3 })
    await fit(alone, shuffled, { ...fields, epochs: 3 })
    expect(await weightsOf(ahead)).toEqual(await weightsOf(alone))
  })

  it('is not begun where the number of steps or passes ends the run', async () => {
    for (const end of [{ epochs: 1 }, { epochs: 9, steps: 6 }]) {
      const events: string[] = []
      await fit(smallModel(), observed(events), { ...fields, ...end })
      expect(events).toEqual(['read 0', 'closed 0'])
    }
  })

  it('is closed where a callback stops the run before its turn', async () => {
    const events: string[] = []
    const stopping: Callback = { onEpochEnd: (_report, context) => context.stop('enough') }
    const result = await fit(smallModel(), observed(events), { ...fields, epochs: 9, callbacks: [stopping] })
    expect(result).toMatchObject({ step: 6, stopped: 'enough' })
    expect(events.sort()).toEqual(['closed 0', 'closed 1', 'read 0', 'read 1'])
  })

  it('leaves callbacks closed where it cannot be', async () => {
    const events: string[] = []
    const stopping: Callback = {
      onEpochEnd: (_report, context) => context.stop('enough'),
      close: () => void events.push('callback closed'),
    }
    const options = { ...fields, epochs: 9, callbacks: [stopping] }
    await expect(fit(smallModel(), observed(events, { unclosable: 1 }), options)).rejects.toThrow('cannot be closed')
    expect(events).toContain('closed 1')
    expect(events.at(-1)).toBe('callback closed')
  })

  it('fails in its turn, after the end of the one before it', async () => {
    const events: string[] = []
    const run = fit(smallModel(), observed(events, { failsIn: 1 }), { ...fields, ...steps(events), epochs: 3 })
    await expect(run).rejects.toThrow('broken')
    expect(events.indexOf('read 1')).toBeLessThan(events.indexOf('end 0'))
    expect(events).toContain('step 6')
    expect(events).not.toContain('step 7')
  })
})
