import { AssertionError } from 'node:assert'
import fc from 'fast-check'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataLossError, Dataset, FailedPreconditionError, NotFoundError, ndarray } from 'millrace'
import { checkDeterminism, checkGolden, checkResume } from 'millrace/testing'
import { elementFromJson, elementToJson } from '../../src/testing/elementJson.ts'
import { difference } from '../../src/testing/difference.ts'

const noisy = (numPrefetched: number) =>
  Dataset.range(30)
    .shuffle(8, { seed: 3 })
    .map((x, { rng }) => x + rng.uniform())
    .batch(4)
    .prefetch(numPrefetched)

describe('checkDeterminism', () => {
  it('says how many elements were compared', async () => {
    expect(await checkDeterminism(noisy, { settings: [0, 1, 5] })).toBe(16)
    expect(await checkDeterminism((n) => noisy(n).repeat(), { settings: [0, 5], limit: 11, passes: 1 })).toBe(11)
  })

  it('names the first value that depends on the setting', async () => {
    const build = (workers: number) => Dataset.range(4).map((x) => ({ x: x + (x === 2 ? workers : 0) }))
    await expect(checkDeterminism(build, { settings: [0, 0, 1] })).rejects.toThrow(
      new AssertionError({
        message: 'checkDeterminism: pass 0, element 2 under 1 is not what it is under 0: x is 3 instead of 2.',
        actual: { x: 3 },
        expected: { x: 2 },
      }),
    )
  })

  it('names an element that one of them lacks', async () => {
    const build = (length: number) => Dataset.range(length)
    await expect(checkDeterminism(build, { settings: [2, 1] })).rejects.toThrow(
      'element 1 under 1 is not there, but under 2 it is.',
    )
    await expect(checkDeterminism(build, { settings: [1, 2] })).rejects.toThrow(
      'element 1 under 2 is there, but under 1 it is not.',
    )
  })

  it('refuses a single setting', async () => {
    await expect(checkDeterminism(noisy, { settings: [1] })).rejects.toThrow(
      'checkDeterminism: settings must be an array of at least two, got',
    )
  })
})

describe('checkResume', () => {
  it('says how many cuts were tried', async () => {
    expect(await checkResume(noisy(2))).toBe(9)
    expect(await checkResume(noisy(2).repeat(), { limit: 20, every: 7, epoch: 3 })).toBe(3)
    expect(await checkResume(Dataset.range(0))).toBe(1)
  })

  it('finds a pipeline that goes on with something else', async () => {
    let calls = 0
    const counting = Dataset.range(5).map((x) => x + 10 * calls++)
    await expect(checkResume(counting)).rejects.toThrow(
      'checkResume: a run cut after element 0 goes on with another element 0: it is 50 instead of 0.',
    )
  })

  it('finds one that ends too early or too late', async () => {
    const whole = Dataset.range(6)
    let length = 6
    const shrinking = Dataset.fromGenerator(() => Array.from({ length: length-- }, (_, i) => i))
    await expect(checkResume(shrinking)).rejects.toThrow('a run cut after element 0 ends before element 5.')
    let longer = 2
    const growing = Dataset.fromGenerator(() => Array.from({ length: longer++ }, (_, i) => i))
    await expect(checkResume(growing)).rejects.toThrow('a run cut after element 0 goes on after the end.')
    expect(await checkResume(whole, { resumed: Dataset.range(6) })).toBe(7)
  })
})

describe('checkGolden', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'golden-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('compares with what was written', async () => {
    const file = join(folder, 'noisy.json')
    expect(await checkGolden(noisy(0), file, { update: true })).toBe(8)
    expect(await checkGolden(noisy(3), file)).toBe(8)
    expect(await checkGolden(noisy(3), file, { limit: 2 })).toBe(2)
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(8 + 3)
  })

  it('names the element that differs, is missing or is one too many', async () => {
    const file = join(folder, 'range.json')
    await checkGolden(Dataset.range(3), file, { update: true })
    const failure = (dataset: Dataset<unknown>) => checkGolden(dataset, file).catch((error: unknown) => String(error))
    expect(await failure(Dataset.range(3).map((x) => x * 2))).toContain(
      `element 1 is not that of ${file}: it is 2 instead of 1.`,
    )
    expect(await failure(Dataset.range(2))).toContain('element 2 is not that of')
    expect(await failure(Dataset.range(2))).toContain('is not there.')
    expect(await failure(Dataset.range(4))).toContain('is one too many.')
  })

  it('allows floats their tolerance', async () => {
    const file = join(folder, 'floats.json')
    const floats = (by: number) => Dataset.fromTensors(ndarray(Float32Array.of(1 + by, 2)))
    await checkGolden(floats(0), file, { update: true })
    expect(await checkGolden(floats(1e-4), file, { relative: 1e-3 })).toBe(1)
    await expect(checkGolden(floats(1e-2), file, { relative: 1e-3 })).rejects.toThrow(AssertionError)
  })

  it('refuses files that are not there or not its own', async () => {
    const file = join(folder, 'no.json')
    await expect(checkGolden(Dataset.range(1), file)).rejects.toThrow(
      new NotFoundError(`checkGolden: there is no ${file}.`, { file, hint: 'Write it once with { update: true }.' }),
    )
    await writeFile(file, '{')
    await expect(checkGolden(Dataset.range(1), file)).rejects.toThrow(DataLossError)
    await writeFile(file, '{}')
    await expect(checkGolden(Dataset.range(1), file)).rejects.toThrow(FailedPreconditionError)
  })
})

describe('elements as JSON', () => {
  const leaf = fc.oneof(
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.string(),
    fc.uint8Array(),
    fc.float32Array().map((data) => ndarray(data)),
    fc.bigInt64Array().map((data) => ndarray(data)),
    fc.array(fc.string(), { minLength: 1 }).map((data) => ndarray(data)),
  )
  const { element } = fc.letrec((tie) => ({
    element: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('element'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('ndarray', 'bytes', 'object', 'number')), tie('element'), {
        maxKeys: 3,
      }),
    ),
  }))

  it('come back as they were', () => {
    fc.assert(
      fc.property(element, (value) => {
        const json: unknown = JSON.parse(JSON.stringify(elementToJson(value)))
        expect(difference(elementFromJson(json as never), value)).toBeUndefined()
      }),
    )
  })
})
