import { Dataset } from 'millrace'
import { encodeExample } from 'millrace/tfrecord'

export const pixels = new Uint8Array(784)
export const samples = [{ image: pixels, label: 3 }]
export const dataset = Dataset.fromGenerator(samples)
export const record = encodeExample({ label: 3 })
