import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { messageCodec } from '../../src/tfrecord/messageCodec.ts'
import { tfrecords } from '../../src/tfrecord/tfrecords.ts'
import { writeTFRecords } from '../../src/tfrecord/writeTFRecords.ts'

const type = protobuf.Root.fromJSON({
  nested: { Point: { fields: { x: { type: 'int32', id: 1 }, name: { type: 'string', id: 2 } } } },
}).lookupType('Point')

describe('messageCodec', () => {
  it('writes messages as records and reads them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-codec-'))
    try {
      const file = join(folder, 'points.tfrecord')
      const { encode, decode } = messageCodec(type)
      await writeTFRecords(
        file,
        Dataset.range(3).map((x) => encode({ x, name: `point ${x}` })),
      )
      const names = tfrecords(file).map((record) => JSON.stringify(decode(record)))
      expect(await names.toArray()).toEqual([
        '{"name":"point 0"}',
        '{"x":1,"name":"point 1"}',
        '{"x":2,"name":"point 2"}',
      ])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it.each<readonly [what: string, run: () => unknown, message: string]>([
    [
      'what is no type',
      () => messageCodec({} as never),
      'messageCodec: type must be a type of protobufjs, got an object {}.',
    ],
    ['no message', () => messageCodec(type).encode(3 as never), 'a Point cannot be made of 3.'],
    ['a wrong field', () => messageCodec(type).encode({ x: 'a' }), 'the message is no Point: x: integer expected.'],
    [
      'a wrong record',
      () => messageCodec(type).decode(Uint8Array.of(255)),
      'the record is no Point: index out of range: 1 + 1 > 1.',
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(expect.objectContaining({ name: 'InvalidArgumentError', message }))
    expect(run).toThrow(InvalidArgumentError)
  })
})
