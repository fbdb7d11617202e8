import { describe, expect, it } from 'vitest'
import { checkSamePlan, planText } from '../../src/core/planText.ts'
import { planNode, type Stage } from '../../src/core/stage.ts'
import { Dataset, ndarray } from '../../src/index.ts'

function stage(args: Stage['args'], tuning?: readonly string[]): Stage {
  return {
    name: 'own',
    args,
    ...(tuning && { tuning }),
    cardinality: () => undefined,
    spec: () => undefined,
    open: () => {
      throw new Error('not opened')
    },
  }
}

describe('planText', () => {
  it('lists the operations, inputs first', () => {
    const dataset = Dataset.range(5).batch(2).concatenate(Dataset.range(1))
    expect(planText(dataset.node)).toEqual([
      'range(start: 0, stop: 5, step: 1)',
      'batch(batchSize: 2, dropRemainder: false)',
      'range(start: 0, stop: 1, step: 1)',
      'concatenate()',
    ])
  })

  it.each([
    [{ a: Infinity, b: -Infinity, c: NaN }, 'a: Infinity, b: -Infinity, c: NaN'],
    [{ a: 'x', b: [1, 'y'], c: null, d: undefined }, 'a: "x", b: [1,"y"], c: null, d: undefined'],
    [{ a: 5n, b: [5n, Infinity] }, 'a: "5n", b: ["5n","Infinity"]'],
    [{ a: new Float32Array(1000) }, 'a: "Float32Array of 4000 bytes"'],
    [{ a: ndarray([1, 2]) }, 'a: {"dtype":"int32","shape":[2],"data":"Int32Array of 8 bytes"}'],
    [{ fn: () => 1 }, ''],
  ])('shows arguments of every kind: row %#', (args, text) => {
    expect(planText(planNode(stage(args), []))).toEqual([`own(${text})`])
  })

  it('leaves out what changes speed alone', () => {
    expect(planText(planNode(stage({ a: 1, threads: 2 }, ['threads']), []))).toEqual(['own(a: 1)'])
  })
})

describe('checkSamePlan', () => {
  it('accepts the same plan', () => {
    expect(() => checkSamePlan('iterator', ['a()', 'b()'], ['a()', 'b()'])).not.toThrow()
  })

  it.each([
    [['a()', 'b()'], ['a()', 'c()'], 'operation 1 was b(), and is c().'],
    [['a()'], ['a()', 'c()'], 'operation 1 was absent, and is c().'],
    [['a()', 'b()'], ['a()'], 'operation 1 was b(), and is absent.'],
  ])('names the first difference: row %#', (saved, plan, difference) => {
    expect(() => checkSamePlan('iterator', saved, plan)).toThrow(
      expect.objectContaining({
        name: 'FailedPreconditionError',
        message:
          `iterator: state was saved by another pipeline: ${difference} ` +
          'Restore it with the same operations and arguments.',
      }),
    )
  })
})
