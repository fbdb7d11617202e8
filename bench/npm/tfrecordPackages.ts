import { readFile, writeFile } from 'node:fs/promises'
import type { Side } from '../measure.ts'
import { npmPeer } from './npmPeers.ts'

/** What is used of `tfrecord` and of its copy `tfrecord-stream`. */
interface TFRecord {
  createReader(path: string): Promise<{
    readExample(): Promise<DecodedExample | null>
    close(): Promise<void>
  }>
  createWriter(path: string): Promise<{ writeExample(example: object): Promise<void>; close(): Promise<void> }>
  createBuilder(): {
    setBinary(name: string, value: Uint8Array): void
    setInteger(name: string, value: number): void
    releaseExample(): object
  }
  readonly RecordReader: { create(path: string): Promise<{ readRecord(): Promise<Uint8Array | null> }> }
}

interface DecodedExample {
  readonly features: { readonly feature: Readonly<Record<string, DecodedFeature>> }
}

interface DecodedFeature {
  readonly bytesList?: { readonly value: readonly Uint8Array[] }
  readonly int64List?: { readonly value: readonly (number | { toNumber(): number })[] }
}

/** What is used of `@roboflow/tfrecords`. */
interface Roboflow {
  readonly FeatureType: { readonly Binary: number; readonly Int64: number }
  readonly TFRecordsBuilder: {
    new (): { addFeature(name: string, type: number, value: unknown): void; build(): Uint8Array }
    buildTFRecords(records: readonly Uint8Array[]): Uint8Array
  }
}
interface RoboflowReader {
  readonly TFRecordsReader: new (file: Buffer) => { readonly length: number }
}

const packages = ['tfrecord', 'tfrecord-stream'] as const
const batchSize = 128
const pixels = 784

/** Sides that read a file of Examples of digits, decode them and fill batches by hand: these packages have no batches. */
export function parsingSides(file: string): Side[] {
  return sidesOf(packages, (name, tfrecord) => ({
    name: `npm ${name}, batches by hand`,
    async run() {
      const reader = await tfrecord.createReader(file)
      let count = 0
      let images = new Uint8Array(batchSize * pixels)
      let labels = new Int32Array(batchSize)
      for (let example; (example = await reader.readExample()) !== null; count++) {
        const { image_raw, label } = example.features.feature
        const value = label.int64List?.value[0] ?? 0
        images.set(image_raw.bytesList?.value[0] ?? [], (count % batchSize) * pixels)
        labels[count % batchSize] = typeof value === 'number' ? value : value.toNumber()
        if (count % batchSize < batchSize - 1) continue
        images = new Uint8Array(batchSize * pixels)
        labels = new Int32Array(batchSize)
      }
      await reader.close()
      return count
    },
  }))
}

/**
 * Sides that read the records of a file and compare their checksums.
 *
 * @param short a file of fewer records, for who takes milliseconds for one
 */
export function readingSides(file: string, short: string): Side[] {
  const sides = sidesOf(packages, (name, { RecordReader }) => ({
    name: `npm ${name}`,
    async run() {
      const reader = await RecordReader.create(file)
      let count = 0
      while ((await reader.readRecord()) !== null) count++
      return count
    },
  }))
  const roboflow = sidesOf(['@roboflow/tfrecords'], (name) => {
    const { TFRecordsReader } = (npmPeer(`${name}/src/tensorFlowReader.js`) ?? {}) as Partial<RoboflowReader>
    return {
      name: `npm ${name}, decoded`,
      run: async () => (TFRecordsReader === undefined ? 0 : new TFRecordsReader(await readFile(short)).length),
    }
  })
  return [...sides, ...roboflow]
}

/** Sides that build `count` Examples of digits and write them to a file. */
export function writingSides(file: string, count: number): Side[] {
  const image = Uint8Array.from({ length: pixels }, (_, i) => i * 7)
  const sides = sidesOf(packages, (name, tfrecord) => ({
    name: `npm ${name}`,
    async run() {
      const writer = await tfrecord.createWriter(file)
      for (let i = 0; i < count; i++) {
        const builder = tfrecord.createBuilder()
        builder.setBinary('image_raw', image)
        builder.setInteger('label', i % 10)
        builder.setInteger('pixels', pixels)
        await writer.writeExample(builder.releaseExample())
      }
      await writer.close()
      return count
    },
  }))
  const few = Math.ceil(count / 20)
  const roboflow = npmPeer('@roboflow/tfrecords') as Roboflow | undefined
  if (roboflow === undefined) return sides
  const { FeatureType, TFRecordsBuilder } = roboflow
  const run = async (): Promise<number> => {
    const records = Array.from({ length: few }, (_, i) => {
      const builder = new TFRecordsBuilder()
      builder.addFeature('image_raw', FeatureType.Binary, image)
      builder.addFeature('label', FeatureType.Int64, i % 10)
      builder.addFeature('pixels', FeatureType.Int64, pixels)
      return builder.build()
    })
    await writeFile(file, TFRecordsBuilder.buildTFRecords(records))
    return few
  }
  return [...sides, { name: 'npm @roboflow/tfrecords', run }]
}

/** A side for each package that is installed. */
function sidesOf(names: readonly string[], side: (name: string, loaded: TFRecord) => Side): Side[] {
  return names.flatMap((name) => {
    const loaded = npmPeer(name) as TFRecord | undefined
    return loaded === undefined ? [] : [side(name, loaded)]
  })
}
