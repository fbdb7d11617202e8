import { createHash } from 'node:crypto'
import { Dataset, ndarray, type NdArray } from 'millrace'
import type { Case } from '../measure.ts'

/** The cost of deciding which part an element is in, by a text of 12 letters. */
export const splitting: Case = {
  name: 'operation split by a key',
  element: 'element',
  open(quick) {
    const ids = Array.from({ length: quick ? 20_000 : 400_000 }, (_, i) => `user ${String(i).padStart(7, '0')}`)
    const train = Dataset.fromTensorSlices(ids).split({ train: 0.8, test: 0.2 }).train
    const sides = [
      { name: 'millrace', run: () => count(train, ids.length) },
      { name: 'hand-written loop (FNV-1a, 32 bits)', run: () => loop(ids, fnv1a, 2 ** 32) },
      { name: 'hand-written loop (MD5)', run: () => loop(ids, md5, 2 ** 32) },
    ]
    return Promise.resolve({ sides })
  },
}

/** The cost of packing texts of 10 to 400 tokens into rows of 512. */
export const packing: Case = {
  name: 'operation packSequences: pack sequences into rows of 512',
  element: 'sequence',
  open(quick) {
    const texts = Array.from({ length: quick ? 1_000 : 20_000 }, (_, i) => {
      const length = 10 + ((i * 2_654_435_761) % 391)
      return { tokens: ndarray(new Int32Array(length).fill(i)) }
    })
    const packed = Dataset.fromGenerator(texts).packSequences({ tokens: 512 })
    const sides = [
      { name: 'millrace', run: () => count(packed, texts.length) },
      { name: 'hand-written loop', run: () => packByHand(texts, 512, 32) },
    ]
    return Promise.resolve({ sides })
  },
}

async function count(dataset: Dataset<unknown>, elements: number): Promise<number> {
  await dataset.forEach(() => used++)
  return elements
}

function loop(ids: readonly string[], hash: (id: string) => number, range: number): number {
  for (const id of ids) if (hash(id) < 0.8 * range) used++
  return ids.length
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

function md5(text: string): number {
  return createHash('md5').update(text).digest().readUInt32LE()
}

/** A row that is being filled. */
interface Row {
  readonly tokens: Int32Array
  readonly segmentIds: Int32Array
  readonly positions: Int32Array
  filled: number
  segments: number
}

function packByHand(texts: readonly { tokens: NdArray<'int32'> }[], length: number, open: number): number {
  let rows: Row[] = []
  for (const { tokens } of texts) {
    const { data } = tokens
    let row = rows.find(({ filled }) => filled + data.length <= length)
    if (row === undefined) {
      if (rows.length === open) {
        used += rows.length
        rows = []
      }
      const zeros = () => new Int32Array(length)
      row = { tokens: zeros(), segmentIds: zeros(), positions: zeros(), filled: 0, segments: 0 }
      rows.push(row)
    }
    row.tokens.set(data, row.filled)
    row.segmentIds.fill(++row.segments, row.filled, row.filled + data.length)
    for (let i = 0; i < data.length; i++) row.positions[row.filled + i] = i
    row.filled += data.length
  }
  used += rows.length
  return texts.length
}

/** Keeps results in use, so that no side's work is left out by the compiler. */
let used = 0
export const usedSoFar = () => used
