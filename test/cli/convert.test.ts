import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { encodeNpy, ndarray } from '../../src/index.ts'
import { decodeExample, tfrecords } from '../../src/tfrecord/index.ts'
import { ok, runTfrecord, type Ran } from './terminal.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-convert-'))
  path = join(folder, 'a.tfrecord')
})
afterEach(() => rm(folder, { recursive: true }))

/** Writes a file into the folder; gives its path. */
async function file(name: string, content: string | Uint8Array): Promise<string> {
  const target = join(folder, name)
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, content)
  return target
}

const convert = (...args: string[]): Promise<Ran> => runTfrecord(folder, ['convert', ...args, '-o', path])
const fails = (err: string, code = 1): Ran => ({ code, out: '', err })

/** The Examples that were written, as kinds and values. */
async function written(): Promise<Record<string, unknown[]>[]> {
  const text = (value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value).toString() : value)
  return (await tfrecords(path).toArray()).map((record) =>
    Object.fromEntries(
      Object.entries(decodeExample(record)).map(([name, feature]) => [
        name,
        [feature?.kind, ...Array.from<unknown>(feature?.values ?? []).map(text)],
      ]),
    ),
  )
}

describe('of JSON lines', () => {
  it('makes features of the fields', async () => {
    const lines = await file(
      'a.JSONL',
      '{"id": 1, "tags": ["x", "y"], "score": 0.5, "none": null}\n\n{"id": 2, "tags": ["z"], "score": 1}\n',
    )
    expect(await convert(lines)).toEqual(ok('~/a.tfrecord\n2 records, 133 bytes\n'))
    expect(await written()).toEqual([
      { id: ['int64', 1n], score: ['float', 0.5], tags: ['bytes', 'x', 'y'] },
      { id: ['int64', 2n], score: ['float', 1], tags: ['bytes', 'z'] },
    ])
  })

  it('names what is no object, and a line that is not JSON', async () => {
    expect(await convert(await file('a.jsonl', '{"id": 1}\n[1]\n'))).toEqual(
      fails('InvalidArgumentError: ~/a.jsonl: value 2 is no object: [1].\n'),
    )
    const { code, err } = await convert(await file('a.jsonl.gz', gzipSync('{"id": 1}\n{"id"}\n')))
    expect(code).toBe(1)
    expect(err).toMatch(/^InvalidArgumentError: jsonLines: ~\/a\.jsonl\.gz: line 2 is not JSON: /)
    expect(await readdir(folder)).not.toContain('a.tfrecord')
  })
})

describe('of idx files', () => {
  const pictures = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4)
  const labels = (...values: number[]): Uint8Array => Uint8Array.of(0, 0, 8, 1, 0, 0, 0, values.length, ...values)

  it('makes a picture of each row, with the label of its number', async () => {
    const images = await file('train-images-idx3-ubyte.gz', gzipSync(pictures))
    expect((await convert(images, '--labels', await file('train-labels-idx1-ubyte', labels(7, 9)))).code).toBe(0)
    const sides = { height: ['int64', 1n], width: ['int64', 2n] }
    expect(await written()).toEqual([
      { image_raw: ['bytes', '\u0001\u0002'], label: ['int64', 7n], ...sides },
      { image_raw: ['bytes', '\u0003\u0004'], label: ['int64', 9n], ...sides },
    ])
  })

  it.each([
    [[7, 9, 1], 'has more labels for 2 pictures'],
    [[7], 'has 1 labels for more pictures'],
  ])('refuses labels %j of two pictures', async (values, what) => {
    const images = await file('a-idx3-ubyte', pictures)
    expect(await convert(images, '--labels', await file('b-idx1-ubyte', labels(...values)))).toEqual(
      fails(`InvalidArgumentError: ~/b-idx1-ubyte ${what}.\n`),
    )
  })
})

describe('of CSV files', () => {
  it('tells the kind of a column from all its fields', async () => {
    const table = await file(
      'a.csv',
      'id,"odd, name",score,zip,big\r\n1,"a ""b""",0.5,01234,9223372036854775807\r\n-2,,,1,\r\n3,inf,1e3,2,1\r\n',
    )
    expect((await convert(table)).code).toBe(0)
    expect(await written()).toEqual([
      {
        id: ['int64', 1n],
        'odd, name': ['bytes', 'a "b"'],
        score: ['float', 0.5],
        zip: ['bytes', '01234'],
        big: ['int64', 2n ** 63n - 1n],
      },
      { id: ['int64', -2n], zip: ['bytes', '1'] },
      {
        id: ['int64', 3n],
        'odd, name': ['bytes', 'inf'],
        score: ['float', 1000],
        zip: ['bytes', '2'],
        big: ['int64', 1n],
      },
    ])
  })

  it('reads tabs and other delimiters, and numbers that are none', async () => {
    expect((await convert(await file('a.TSV', 'a\tb\n1,5\t-Infinity\n\tnan\n'))).code).toBe(0)
    expect(await written()).toEqual([{ a: ['bytes', '1,5'], b: ['float', -Infinity] }, { b: ['float', NaN] }])
    expect((await convert(await file('a.csv', 'a;b\n1;9223372036854775808\n'), '--delimiter', ';')).code).toBe(0)
    expect(await written()).toEqual([{ a: ['int64', 1n], b: ['float', 2 ** 63] }])
  })

  it.each([
    ['', '~/a.csv is empty; it begins with a line of names.'],
    ['a,a\n1,2\n', '~/a.csv has two columns named "a". Its first line has to name each column.'],
    ['a,\n1,2\n', '~/a.csv has a column without a name. Its first line has to name each column.'],
    ['a,b\n1\n', 'csv: ~/a.csv: line 2: there is 1 column instead of 2.'],
  ])('refuses %j', async (text, err) => {
    expect(await convert(await file('a.csv', text))).toEqual(fails(`InvalidArgumentError: ${err}\n`))
  })
})

describe('of npy files', () => {
  it('makes a feature of each file', async () => {
    const files = [
      await file('x.npy', encodeNpy(ndarray([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2], 'float32'))),
      await file('image.npy', encodeNpy(ndarray([65, 66, 67, 68], [2, 2], 'uint8'))),
      await file('label.npy', encodeNpy(ndarray([3n, 4n], [2], 'int64'))),
    ]
    expect((await convert(...files)).code).toBe(0)
    expect(await written()).toEqual([
      { image: ['bytes', 'AB'], label: ['int64', 3n], x: ['float', 1, 2, 3, 4], 'x/shape': ['int64', 2n, 2n] },
      { image: ['bytes', 'CD'], label: ['int64', 4n], x: ['float', 5, 6, 7, 8], 'x/shape': ['int64', 2n, 2n] },
    ])
  })

  it('refuses files of unequal length or one name', async () => {
    const two = await file('two.npy', encodeNpy(ndarray([1, 2], [2], 'int32')))
    const three = await file('three.npy', encodeNpy(ndarray([1, 2, 3], [3], 'int32')))
    expect(await convert(two, three)).toEqual(
      fails('InvalidArgumentError: ~/two.npy and ~/three.npy do not have the same number of rows.\n'),
    )
    expect(await convert(two, await file('b/two.npy', ''))).toEqual(
      fails('InvalidArgumentError: convert: two files would be the feature two. Rename one.\n', 2),
    )
  })
})

describe('of folders of pictures', () => {
  const picture = (name: string, label: bigint, format: string): Record<string, unknown[]> => ({
    'image/encoded': ['bytes', name],
    'image/format': ['bytes', format],
    'image/class/label': ['int64', label],
    'image/class/text': ['bytes', name.split('/')[0]],
    'image/filename': ['bytes', name],
  })
  const names = ['a cat/1.JPG', 'a cat/deep/2.png', 'c/3.jpeg']
  const expected = [picture(names[0], 0n, 'jpeg'), picture(names[1], 0n, 'png'), picture(names[2], 2n, 'jpeg')]
  beforeEach(async () => {
    for (const name of [...names, 'c/.hidden.png', 'c/notes.txt', '.git/1.png', 'top.png'])
      await file(`p [1]/${name}`, name)
    await mkdir(join(folder, 'p [1]/b'))
  })

  it('keeps the bytes, and numbers the classes in the order of their names', async () => {
    expect((await convert(join(folder, 'p [1]/'))).code).toBe(0)
    expect(await written()).toEqual(expected)
  })

  it('shuffles by a seed', async () => {
    const orders = new Set<string>()
    for (const seed of ['1', '2', '3', '4', '1']) {
      expect((await convert(join(folder, 'p [1]'), '--shuffle', seed)).code).toBe(0)
      const found = await written()
      expect(found).toHaveLength(3)
      expect(found).toEqual(expect.arrayContaining(expected))
      orders.add(JSON.stringify(found.map((one) => one['image/filename'])))
    }
    expect(orders.size).toBeGreaterThan(1)
    expect(orders.size).toBeLessThan(5)
    expect(await convert(join(folder, 'p [1]'), '--shuffle', 'x')).toEqual(
      fails("error: option '--shuffle <seed>' argument 'x' is invalid. It takes a whole number of at least 0.\n", 2),
    )
  })

  it('refuses a folder without pictures', async () => {
    const hint = 'Each class is a folder in it, of jpg, jpeg, png, gif, bmp, webp files.'
    for (const empty of ['p [1]/b', 'q']) {
      await mkdir(join(folder, empty, empty === 'q' ? 'a' : ''), { recursive: true })
      expect(await convert(join(folder, empty))).toEqual(
        fails(`InvalidArgumentError: ~/${empty} holds no folders of pictures. ${hint}\n`),
      )
    }
  })
})

describe('convert', () => {
  it('names a format that it cannot tell, and a file that is not there', async () => {
    expect(await convert(join(folder, 'x.txt'))).toEqual(
      fails(
        'InvalidArgumentError: convert: the name of ~/x.txt does not tell its format. Give --from csv, idx, images, jsonl, npy.\n',
        2,
      ),
    )
    for (const name of ['none.jsonl', 'none.csv', 'none.npy', 'none-idx1-ubyte']) {
      expect((await convert(join(folder, name))).err).toMatch(/^NotFoundError: .*cannot (read|open) /)
    }
    const none = await convert(join(folder, 'none'), '--from', 'images')
    expect(none.err).toMatch(/^NotFoundError: cannot read ~\/none: /)
  })

  it('counts records on a terminal', async () => {
    const lines = await file('a.txt', Array.from({ length: 3 }, (_, n) => `{"n": ${n}}\n`).join(''))
    const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns: 80 })
    const args = ['tfrecord', 'convert', lines, '--from', 'jsonl', '-o', path]
    expect(await run(args, { stdout: { write: () => true }, stderr })).toBe(0)
    expect(String(stderr.read())).toContain('records | ')
  })
})
