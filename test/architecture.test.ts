import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'

/** A room imports only from rooms of a lower rank. */
const ranks: Readonly<Record<string, number>> = {
  core: 0,
  files: 1,
  ndarray: 1,
  kernels: 1,
  tuning: 1,
  parallel: 2,
  records: 2,
  ops: 3,
  sources: 3,
  dataset: 4,
  tfrecord: 5,
  image: 5,
  train: 6,
  testing: 6,
  cli: 7,
}

/** Files of an operation that are not named after it. */
const partOf: Readonly<Record<string, string>> = {
  'ops/globallyShuffledNumbers.ts': 'ops/globalShuffle.ts',
  'ops/parallelMap.ts': 'ops/map.ts',
  'ops/workerMap.ts': 'ops/map.ts',
  'ops/parallelInterleave.ts': 'ops/interleave.ts',
  'ops/positionBuffer.ts': 'ops/shuffle.ts',
  'ops/shuffledNumbers.ts': 'ops/shuffle.ts',
  'ops/shuffleState.ts': 'ops/shuffle.ts',
  'ops/zipForm.ts': 'ops/zip.ts',
}

/** The fluent class is all docs and one-line methods. */
const maxLines = (file: string) => (file === 'dataset/dataset.ts' ? Infinity : 300)

const root = new URL('../src/', import.meta.url)
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8')
const roomOf = (file: string) => file.split('/')[0]

/** What a file imports, types included: files of src by their path, packages by their name. */
function importsOf(file: string): string[] {
  const found = textOf(file).matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([^'\n]+)'/g)
  return [...found].map(([, target]) => (target.startsWith('.') ? posix.join(posix.dirname(file), target) : target))
}

const inSrc = (target: string) => files.includes(target)

describe('src', () => {
  it('has no room without a rank', () => {
    const rooms = new Set(files.filter((file) => file.includes('/')).map(roomOf))
    expect([...rooms].filter((room) => !(room in ranks))).toEqual([])
  })

  it('has no file outside a room but index.ts', () => {
    expect(files.filter((file) => !file.includes('/'))).toEqual(['index.ts'])
  })
})

describe.each(files)('%s', (file) => {
  const imports = importsOf(file)

  it('imports files that exist, and packages by name', () => {
    const relative = imports.filter((target) => target.endsWith('.ts') || target.startsWith('.'))
    expect(relative.filter((target) => !inSrc(target))).toEqual([])
  })

  it('imports from rooms of a lower rank only', () => {
    if (!file.includes('/')) return
    const wrong = imports
      .filter((target) => inSrc(target) && roomOf(target) !== roomOf(file))
      .filter((target) => ranks[roomOf(target)] >= ranks[roomOf(file)])
    expect(wrong).toEqual([])
  })

  it('imports no other operation, if it is one', () => {
    if (roomOf(file) !== 'ops' || file === 'ops/index.ts') return
    const whole = (name: string) => partOf[name] ?? name
    expect(imports.filter((target) => roomOf(target) === 'ops' && whole(target) !== whole(file))).toEqual([])
  })

  it('imports tfjs in src/train only', () => {
    if (roomOf(file) === 'train') return
    expect(imports.filter((target) => target.startsWith('@tensorflow'))).toEqual([])
  })

  it('sees only the public entry points, if it is of the command line', () => {
    if (roomOf(file) !== 'cli') return
    const others = imports.filter((target) => inSrc(target) && roomOf(target) !== 'cli')
    expect(others.filter((target) => !/(^|\/)index\.ts$/.test(target))).toEqual([])
  })

  it('is short', () => {
    expect(textOf(file).split('\n').length - 1).toBeLessThanOrEqual(maxLines(file))
  })

  it('asks neither chance nor the clock', () => {
    expect(textOf(file)).not.toMatch(/Math\.random|Date\.now/)
  })
})

describe('src/index.ts', () => {
  const exports = [...textOf('index.ts').matchAll(/^export (.*?) from '(.*?)'$/gms)]

  it('lists its names one by one', () => {
    expect(exports.length).toBeGreaterThan(0)
    expect(textOf('index.ts')).not.toMatch(/export (type )?\*/)
  })

  it('is sorted by file, each named once', () => {
    const targets = exports.map(([, , target]) => target)
    expect(targets).toEqual([...new Set(targets)].toSorted())
  })
})
