import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'

/** The class as a caller without types sees it: anything can be handed over. */
type Loose = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>
const statics = Dataset as unknown as Loose
const csv = (options: unknown) => () => statics.csv('a', options)
const ints = { a: 'int32', b: 'int32' }

/** Sources of one list of files, with what they need beside it. */
const readers: readonly (readonly [name: string, call: (files: unknown, options?: object) => unknown, own: string])[] =
  [
    ['textLines', (files, options) => statics.textLines(files, options), ''],
    ['jsonLines', (files, options) => statics.jsonLines(files, options), 'outputSignature, '],
    ['npy', (files, options) => statics.npy(files, options), ''],
    [
      'csv',
      (files, options) => statics.csv(files, { columns: ints, ...options }),
      'columns, header, selectColumns, fieldDelim, useQuoteDelim, naValue, ',
    ],
    [
      'fixedLengthRecords',
      (files, options) => statics.fixedLengthRecords(files, 2, options),
      'headerBytes, footerBytes, ',
    ],
  ]

const rows: readonly (readonly [message: string, call: () => unknown])[] = [
  ...readers.flatMap(([name, call, own]): (readonly [string, () => unknown])[] => [
    [`${name}: there is no file in the list. Check the pattern it came from.`, () => call([])],
    [`${name}: files must be paths or file: URLs, got "".`, () => call('')],
    [`${name}: files must be paths or file: URLs, got 7.`, () => call(['a', 7])],
    [`${name}: files must be paths or file: URLs, got undefined.`, () => call(undefined)],
    [`${name}: files must be paths or file: URLs, got "https://a.b/c".`, () => call(new URL('https://a.b/c'))],
    [
      `${name}: compression must be 'GZIP', 'ZLIB', 'detect' or 'none', got "gzip".`,
      () => call('a', { compression: 'gzip' }),
    ],
    [`${name}: chunkBytes must be a whole number of at least 1, got 0.`, () => call('a', { chunkBytes: 0 })],
    [
      `${name}: there is no option comprssion. It takes ${own}compression, chunkBytes.`,
      () => call('a', { comprssion: 1 }),
    ],
  ]),
  ['csv: options must be an object, got undefined.', csv(undefined)],
  ['csv: columns must be an object or a tuple of dtypes, got undefined.', csv({})],
  ['csv: columns names no column.', csv({ columns: {} })],
  ['csv: columns names no column.', csv({ columns: [] })],
  [
    'csv: columns.a must be one of int32, int64, float32, float64, bool, string, bytes, got "int8".',
    csv({ columns: { a: 'int8' } }),
  ],
  [
    'csv: columns.1 must be one of int32, int64, float32, float64, bool, string, bytes, got null.',
    csv({ columns: ['int32', null] }),
  ],
  [
    'csv: columns.a has no option default. It takes dtype, defaultValue.',
    csv({ columns: { a: { dtype: 'bool', default: 1 } } }),
  ],
  [
    'csv: columns.a.defaultValue: int32 cannot hold 1.5.',
    csv({ columns: { a: { dtype: 'int32', defaultValue: 1.5 } } }),
  ],
  ['csv: columns.a.defaultValue: int64 cannot hold 1.', csv({ columns: { a: { dtype: 'int64', defaultValue: 1 } } })],
  [
    'csv: columns.0 has a number for a name, which loses its place. JavaScript puts such names first. Give the columns in a tuple.',
    csv({ columns: { b: 'int32', 0: 'int32' }, header: false }),
  ],
  ['csv: header must be true or false, got 1.', csv({ columns: ints, header: 1 })],
  ['csv: useQuoteDelim must be true or false, got "no".', csv({ columns: ints, useQuoteDelim: 'no' })],
  ['csv: naValue must be a string, got null.', csv({ columns: ints, naValue: null })],
  ...['', ';;', '"', '\n', 'é', 5].map(
    (fieldDelim) =>
      [
        `csv: fieldDelim must be one ASCII character other than a quote and an end of line, got ${JSON.stringify(fieldDelim)}.`,
        csv({ columns: ints, fieldDelim }),
      ] as const,
  ),
  ['csv: selectColumns must be a list of names, got an array.', csv({ columns: ints, selectColumns: [] })],
  ['csv: selectColumns has "c", which is not among the columns.', csv({ columns: ints, selectColumns: ['a', 'c'] })],
  [
    'csv: selectColumns must be a list of 2 places, one for each column, got an array.',
    csv({ columns: ['int32', 'int32'], selectColumns: [1] }),
  ],
  ['csv: the places in selectColumns must rise.', csv({ columns: ['int32', 'int32'], selectColumns: [1, 0] })],
  [
    'csv: selectColumns must be a whole number of at least 0, got -1.',
    csv({ columns: ['int32', 'int32'], selectColumns: [-1, 0] }),
  ],
  [
    'fixedLengthRecords: recordBytes must be a whole number of at least 1, got 0.',
    () => statics.fixedLengthRecords('a', 0),
  ],
  [
    'fixedLengthRecords: headerBytes must be a whole number of at least 0, got -1.',
    () => statics.fixedLengthRecords('a', 1, { headerBytes: -1 }),
  ],
  [
    'fixedLengthRecords: footerBytes must be a whole number of at least 0, got 1.5.',
    () => statics.fixedLengthRecords('a', 1, { footerBytes: 1.5 }),
  ],
  ['idx: files must be paths or file: URLs, got 5.', () => statics.idx(5)],
  ['idx: files.image must be paths or file: URLs, got null.', () => statics.idx({ image: null })],
  ['idx: files must be a path, or a structure of at least one, got an object.', () => statics.idx({})],
  ['idx: there is no option keys. It takes compression.', () => statics.idx('a', { keys: [] })],
  ['npz: file must be paths or file: URLs, got an array.', () => statics.npz(['a'])],
  ['npz: keys must be a list of names, got an array.', () => statics.npz('a', { keys: [] })],
  ['npz: there is no option key. It takes keys.', () => statics.npz('a', { key: 'x' })],
  ['listFiles: patterns must be a pattern or a list of patterns, got an array.', () => statics.listFiles([])],
  ['listFiles: patterns must be a pattern or a list of patterns, got "".', () => statics.listFiles('')],
  ['listFiles: shuffle must be true or false, got 1.', () => statics.listFiles('*', { shuffle: 1 })],
  ['listFiles: seed must be a whole number of at least 0, got -1.', () => statics.listFiles('*', { seed: -1 })],
  ['listFiles: there is no option sort. It takes shuffle, seed.', () => statics.listFiles('*', { sort: true })],
]

describe('arguments of the sources that read files', () => {
  it.each(rows)('%s', (message, call) => {
    expect(call).toThrow(expect.objectContaining({ message }))
    expect(call).toThrow(InvalidArgumentError)
  })
})
