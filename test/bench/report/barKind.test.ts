import { expect, it } from 'vitest'
import { barKind } from '../../../bench/report/barKind.ts'

it.each([
  ['millrace', 0, 'ours'],
  ['steps alone', 0, 'ours'],
  ['millrace, one thread', 2, 'variant'],
  ['64 calls', 1, 'variant'],
  ['this thread', 1, 'variant'],
  ['hand-written loop', 1, 'limit'],
  ['raw limit: gunzipSync', 1, 'limit'],
  ['a copy of its bytes', 1, 'limit'],
  ['ix (Iterable)', 3, 'peer'],
  ['Node streams', 3, 'peer'],
  ['tf.data, AUTOTUNE, as it is', 3, 'peer'],
  ['torch DataLoader', 3, 'peer'],
  ['Grain', 3, 'peer'],
  ['npm tfrecord', 3, 'peer'],
  ['OpenCV, to bytes', 2, 'peer'],
  ['tfjs (wasm)', 1, 'peer'],
] as const)('"%s" at %i: %s', (side, place, kind) => {
  expect(barKind(side, place)).toBe(kind)
})
