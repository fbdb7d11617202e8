import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MillraceError } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { temporaryFile as file } from './temporaryFile.ts'

async function failure(dataset: Dataset<unknown>): Promise<MillraceError> {
  const thrown: unknown = await dataset.toArray().catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(MillraceError)
  return thrown as MillraceError
}

const columns = { age: 'int32', name: 'string' } as const

describe('csv says what is wrong, and where', () => {
  it.each([
    ['name,age\nAda,36\n"Grace\nHopper",x\n', 3, 16, 'column "age" is "x", which is no int32.'],
    [
      'name,age\nAda,\n',
      2,
      9,
      'column "age" is empty, and has no defaultValue. To take it where it is empty, give a default: { dtype: \'int32\', defaultValue: ... }.',
    ],
    ['name,age\n\nAda,36\n', 2, 9, 'there is 1 column instead of 2.'],
    ['name,age\n"a\nb",1\nAda,36,5\n', 4, 17, 'there are 3 columns instead of 2.'],
    [
      'name,age\nA"d"a,36\n',
      2,
      9,
      'a quote stands inside a field that does not begin with one. A field with quotes in it is quoted as a whole, and they are doubled; or set useQuoteDelim to false.',
    ],
    [
      'name,age\n"A"da,36\n',
      2,
      9,
      'something follows the quote that closes a field. A field with quotes in it is quoted as a whole, and they are doubled; or set useQuoteDelim to false.',
    ],
    [
      'name,age\nAda,1\n"Ada,36\n',
      3,
      15,
      'a quote is not closed before the end of the file. A field with quotes in it is quoted as a whole, and they are doubled; or set useQuoteDelim to false.',
    ],
    ['', 1, 0, 'there is no header.'],
    ['name,years\n', 1, 0, 'the header lacks the column "age". It has "name", "years".'],
    ['name,age,age\n', 1, 0, 'the header has twice the column "age". It has "name", "age", "age".'],
  ])('%j', async (text, line, byteOffset, message) => {
    for (const content of [text, gzipSync(text)]) {
      const path = file(content)
      const error = await failure(Dataset.csv(path, { columns, chunkBytes: 4 }))
      expect(error).toMatchObject({ name: 'InvalidArgumentError', file: path, line, byteOffset })
      expect(error.message).toBe(`csv: ${path}: line ${line}: ${message}`)
    }
  })

  it('in few words, however long the header is', async () => {
    const error = await failure(Dataset.csv(file('x'.repeat(1 << 20)), { columns }))
    expect(error.message).toMatch(/: line 1: the header lacks the column "age"\. It has "x{40}"\.$/)
    expect(() => Dataset.csv('a', { columns, header: 'x'.repeat(1 << 20) as never })).toThrow(/, got "x{200}\.\.\."\.$/)
  })

  it('by place, of columns in a tuple', async () => {
    const error = await failure(Dataset.csv(file('1,2,x\n'), { columns: ['int32', 'int32'], selectColumns: [0, 2] }))
    expect(error.message).toMatch(/: line 1: column 2 is "x", which is no int32\.$/)
    const short = await failure(Dataset.csv(file('1,2\n'), { columns: ['int32', 'int32'], selectColumns: [0, 2] }))
    expect(short.message).toMatch(/: line 1: there are 2 columns instead of at least 3\.$/)
  })

  it('and goes on behind it, also from a state', async () => {
    const dataset = Dataset.csv([file('name,age\na,1\nb,x\nc,3\n'), file('no\n'), file('age,name\n4,d\n')], { columns })
    const states = [dataset.iterator().save()]
    const got: unknown[] = []
    for (;;) {
      const iterator = dataset.iterator({ state: states[states.length - 1] })
      const pulled = await iterator.next().catch(() => ({ done: false, value: 'failed' }))
      if (pulled.done === true) break
      got.push(pulled.value)
      states.push(iterator.save())
      await iterator.return()
    }
    expect(got).toEqual([{ name: 'a', age: 1 }, 'failed', { name: 'c', age: 3 }, 'failed', { name: 'd', age: 4 }])
    expect(states.map(({ position }) => position.file)).toEqual([0, 0, 0, 0, 2, 2])
    expect(states.map(({ position }) => position.line)).toEqual([0, 2, 3, 4, 0, 2])
  })
})

describe('csv', () => {
  it('reads every dtype, with defaults', async () => {
    const all = {
      a: { dtype: 'int64', defaultValue: -1n },
      b: { dtype: 'bool', defaultValue: true },
      c: { dtype: 'bytes', defaultValue: Uint8Array.of(1) },
      d: { dtype: 'float64', defaultValue: NaN },
      e: { dtype: 'float32', defaultValue: 0.5 },
    } as const
    const path = file('a,b,c,d,e\n9007199254740993,FALSE,x,0.1,0.1\n,,,,\n')
    expect(await Dataset.csv(path, { columns: all }).toArray()).toEqual([
      { a: 9007199254740993n, b: false, c: Uint8Array.of(120), d: 0.1, e: Math.fround(0.1) },
      { a: -1n, b: true, c: Uint8Array.of(1), d: NaN, e: 0.5 },
    ])
  })

  it('selects by name, with and without a header', async () => {
    const schema = { a: 'int32', b: 'string', c: 'float32' } as const
    const rows = [{ c: 2.5 }, { c: 3 }]
    const headed = Dataset.csv(file('c,a,b\n2.5,x,y\n3,x,z\n'), { columns: schema, selectColumns: ['c'] })
    expect(await headed.toArray()).toEqual(rows)
    const bare = file('x,y,2.5\nx,z,3\n')
    expect(await Dataset.csv(bare, { columns: schema, header: false, selectColumns: ['c'] }).toArray()).toEqual(rows)
  })

  it('takes names that objects have for themselves', async () => {
    const rows = await Dataset.csv(file('__proto__,constructor\n1,2\n'), {
      columns: Object.fromEntries([
        ['__proto__', 'int32'],
        ['constructor', 'int32'],
      ] as const),
    }).toArray()
    expect(Object.entries(rows[0])).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ])
  })

  it('reads back what is quoted, from every row, in chunks of any size', async () => {
    const field = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', '"', ',', '\n', '\r\n', '""', 'a,"b"\n'),
    )
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
    const end = fc.constantFrom('\n', '\r\n')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(field, field, fc.integer(), end), { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (rows, chunkBytes, gzip) => {
          const text = rows.map(([a, b, n, ends]) => `${quote(a)},${n},${quote(b)}${ends}`).join('')
          const wide = { dtype: 'string', defaultValue: '' } as const
          const dataset = Dataset.csv(file(gzip ? gzipSync(text) : text, 'property.csv'), {
            columns: [wide, 'float64', wide],
            chunkBytes,
          })
          const expected = rows.map(([a, b, n]) => [a, n, b])
          expect(await dataset.toArray()).toEqual(expected)
          const iterator = dataset.iterator()
          for (let step = 0; step <= expected.length; step++) {
            expect(await dataset.toArray({ state: iterator.save() })).toEqual(expected.slice(step))
            expect(await dataset.skip(step).toArray()).toEqual(expected.slice(step))
            await iterator.next()
          }
          await iterator.return()
        },
      ),
      { numRuns: 40 },
    )
  })
})
