import { bytesFeature, int64Feature } from 'millrace/tfrecord'

/** Examples of MNIST's size: 784 bytes and two integers. */
export function* digitExamples(count: number) {
  const pixels = Uint8Array.from({ length: 784 }, (_, i) => i * 7)
  for (let i = 0; i < count; i++) {
    yield { image_raw: bytesFeature(pixels), label: int64Feature(i % 10), pixels: int64Feature(784) }
  }
}
