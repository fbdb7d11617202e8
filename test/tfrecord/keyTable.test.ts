import fc from 'fast-check'
import { expect, it } from 'vitest'
import { KeyTable } from '../../src/tfrecord/keyTable.ts'

const names = ['label', 'image', 'image/encoded', '', 'a', 'b', 'ab', 'höhe', '__proto__']

it('finds each name, in whatever order names are asked for', () => {
  const asked = fc.array(fc.oneof(fc.constantFrom(...names, 'c', 'labels', 'imago'), fc.string()), { maxLength: 60 })
  fc.assert(
    fc.property(fc.subarray(names), asked, (known, list) => {
      const table = new KeyTable(known)
      for (const name of list) {
        const bytes = new TextEncoder().encode(`<${name}>`)
        expect(table.find(bytes, 1, bytes.length - 1)).toBe(known.indexOf(name))
      }
    }),
  )
})

it('finds names that come in one order again and again, with others between them', () => {
  const table = new KeyTable(names)
  for (let record = 0; record < 5; record++) {
    for (const name of names.toReversed()) {
      const bytes = new TextEncoder().encode(name)
      expect(table.find(bytes, 0, bytes.length)).toBe(names.indexOf(name))
      expect(table.find(Uint8Array.of(120, record), 0, 2)).toBe(-1)
    }
  }
})
