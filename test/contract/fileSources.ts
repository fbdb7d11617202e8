import { basename } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { encodeNpy } from '../../src/ndarray/npy.ts'
import { temporaryFile as file } from '../sources/temporaryFile.ts'
import type { SourceRow } from './sources.ts'

const uint8 = (shape: number[], ...values: number[]) => ({ dtype: 'uint8', shape, values })
const float32 = (shape: number[], ...values: number[]) => ({ dtype: 'float32', shape, values })

const lines = [file('one\ntwo\r\n\nthree'), file(''), file(gzipSync('four\nfive\n'))]
const people = 'name,age,id\n"Lovelace, ""Ada""",36,1\nGrace,,2\n"a\nb",7,9007199254740993\n'
const rows = [
  { age: 36, name: 'Lovelace, "Ada"', id: 1n },
  { age: -1, name: 'Grace', id: 2n },
  { age: 7, name: 'a\nb', id: 9007199254740993n },
]
const columns = { age: { dtype: 'int32', defaultValue: -1 }, name: 'string', id: 'int64' } as const
const other = 'id,name,age\n3,x,4\n'
const json = '{"x": 1}\n\n [2, null]\r\n"three"'
const image = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4)
const label = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9)
const pairs = ndarray(Float32Array.of(1, 2, 3, 4), [2, 2])
const points = new URL('../fixtures/numpy/points.npz', import.meta.url)
const listed = ['b.list', 'a.list', 'C.list'].map((name) => file('', name))

/** Rows of the sources that read files. */
export const fileSources: readonly SourceRow[] = [
  {
    source: 'textLines',
    title: 'of several files, one of them gzipped',
    build: () => Dataset.textLines(lines),
    expected: ['one', 'two', '', 'three', 'four', 'five'],
    async: true,
  },
  {
    source: 'textLines',
    title: 'in chunks of 3 bytes',
    build: () => Dataset.textLines(lines, { chunkBytes: 3 }),
    expected: ['one', 'two', '', 'three', 'four', 'five'],
    async: true,
  },
  {
    source: 'csv',
    title: 'with headers in two orders',
    build: () => Dataset.csv([file(people), file(other)], { columns }),
    expected: [...rows, { age: 4, name: 'x', id: 3n }],
    async: true,
  },
  {
    source: 'csv',
    title: 'gzipped, in chunks of 5 bytes',
    build: () => Dataset.csv(file(gzipSync(people)), { columns, chunkBytes: 5 }),
    expected: rows,
    async: true,
  },
  {
    source: 'csv',
    title: 'in a tuple, with a byte order mark',
    build: () =>
      Dataset.csv(file('\ufeff1.5,x,true\n-2,y,0\n'), { columns: ['float32', 'bool'], selectColumns: [0, 2] }),
    expected: [
      [1.5, true],
      [-2, false],
    ],
    async: true,
  },
  {
    source: 'jsonLines',
    title: 'of two files',
    build: () => Dataset.jsonLines([file(json), file(`\ufeff${json}\n \n`)], { chunkBytes: 4 }),
    expected: [{ x: 1 }, [2, null], 'three', { x: 1 }, [2, null], 'three'],
    async: true,
  },
  {
    source: 'fixedLengthRecords',
    title: 'of two files, one of them gzipped',
    build: () =>
      Dataset.fixedLengthRecords([file('HabcdFF'), file('HFF'), file(gzipSync('HefFF'))], 2, {
        headerBytes: 1,
        footerBytes: 2,
        chunkBytes: 3,
      }),
    expected: ['ab', 'cd', 'ef'].map((text) => Uint8Array.from(Buffer.from(text))),
    async: true,
  },
  {
    source: 'idx',
    title: 'of an object, gzipped',
    build: () => Dataset.idx({ image: file(gzipSync(image)), label: file(label) }),
    expected: [
      { image: uint8([2], 1, 2), label: 7 },
      { image: uint8([2], 3, 4), label: 9 },
    ],
    async: true,
  },
  { source: 'idx', title: 'of a file', build: () => Dataset.idx(file(label)), expected: [7, 9], async: true },
  {
    source: 'npy',
    title: 'of three files, one of them gzipped',
    build: () =>
      Dataset.npy(
        [
          file(encodeNpy(pairs)),
          file(gzipSync(encodeNpy(pairs))),
          file(encodeNpy(ndarray(new Float32Array(0), [2, 0]))),
        ],
        { chunkBytes: 50 },
      ),
    expected: [
      float32([2], 1, 2),
      float32([2], 3, 4),
      float32([2], 1, 2),
      float32([2], 3, 4),
      float32([0]),
      float32([0]),
    ],
    async: true,
  },
  {
    source: 'npy',
    title: 'of a vector of strings',
    build: () => Dataset.npy(file(encodeNpy(ndarray(['a', 'bé😀'])))),
    expected: ['a', 'bé😀'],
    async: true,
  },
  {
    source: 'npz',
    title: 'of chosen arrays',
    build: () => Dataset.npz(points, { keys: ['x', 'label'] }),
    expected: [
      { x: float32([2], 1, 2), label: 'a' },
      { x: float32([2], 3, 4), label: 'b' },
    ],
    async: true,
  },
  {
    source: 'listFiles',
    title: 'sorted by their bytes',
    build: () =>
      Dataset.listFiles(listed.map((path) => path.replace(/[abC]\.list$/, '*.list'))).map((path) => basename(path)),
    expected: ['C.list', 'a.list', 'b.list'],
    async: true,
  },
]
