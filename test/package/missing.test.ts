import { afterEach, describe, expect, it } from 'vitest'
import { dependencies, Installation, optionalDependencies } from './installation.ts'

/*
 * The built package where packages that it asks for are not installed: what they made faster goes on without them, and
 * what needs them is a named error that says what to install.
 */

let installation: Installation | undefined
afterEach(() => {
  installation?.remove()
  installation = undefined
})

/** What a program prints where some packages are missing. */
async function printed(missing: readonly string[], program: string): Promise<string> {
  installation = new Installation(missing)
  installation.write('work.mjs', work)
  const { code, out, err } = await installation.run(head + program)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out
}

const head = `
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Dataset, ndarray, workerFn } from 'millrace'
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16)
const told = async (run) => {
  try {
    console.log('no error', await run())
  } catch ({ name, message }) {
    console.log(name + ': ' + message.replaceAll(process.cwd(), '.').replaceAll('\\\\', '/'))
  }
}
`

const work = `export const double = (x) => 2 * x`

/** A small JPEG, a GIF and a picture to encode. */
const jpeg =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q=='
const gif = 'R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=='

const pictures = `
import { decodeImage, decodeJpeg, decodePng, encodeJpeg, encodePng, imageFolder } from 'millrace/image'
const jpeg = Buffer.from('${jpeg}', 'base64')
const gif = Buffer.from('${gif}', 'base64')
const ramp = ndarray(Uint8Array.from({ length: 300 }, (_, i) => i), [10, 10, 3])
`

describe('without @node-rs/crc32', () => {
  const program = `
    import { RecordReader, tfrecords, writeTFRecords } from 'millrace/tfrecord'
    const records = Array.from({ length: 5 }, (_, i) => new Uint8Array(700).fill(i + 1))
    await writeTFRecords('a.tfrecord', records)
    const file = readFileSync('a.tfrecord')
    console.log(hash(file), (await tfrecords('a.tfrecord').toArray()).length)
    file[100] ^= 1
    writeFileSync('damaged.tfrecord', file)
    await told(() => tfrecords('damaged.tfrecord').toArray())
  `

  it('the same checksums are written, and compared', async () => {
    const without = await printed(['@node-rs/crc32'], program)
    installation?.remove()
    expect(without).toMatch(/^[0-9a-f]{16} 5\nDataLossError: damaged\.tfrecord/)
    expect(without).toBe(await printed([], program))
  })
})

describe('without @julusian/jpeg-turbo', () => {
  const program = `${pictures}
    mkdirSync('flowers/rose', { recursive: true })
    writeFileSync('flowers/rose/1.jpg', await encodeJpeg(ramp))
    const [{ image }] = await imageFolder('flowers', { size: [5, 5] }).toArray()
    const whole = await decodeJpeg(readFileSync('flowers/rose/1.jpg'))
    console.log(hash(whole.data), hash(image.data), (await decodeJpeg(jpeg)).shape.join())
  `

  it('JPEGs are decoded to the same pixels', async () => {
    const without = await printed(['@julusian/jpeg-turbo'], program)
    installation?.remove()
    expect(without).toMatch(/ 1,1,1$/)
    expect(without).toBe(await printed([], program))
  })
})

describe('without both decoders of JPEG', () => {
  it('common ones are decoded, and for others a named error says what to install', async () => {
    const out = await printed(
      ['@julusian/jpeg-turbo', '@cwasm/jpeg-turbo'],
      `${pictures}
      console.log((await decodeJpeg(jpeg)).shape.join())
      await told(() => decodeJpeg(jpeg, { ratio: 2 }))
      console.log((await decodePng(await encodePng(ramp))).shape.join())`,
    )
    expect(out).toBe(
      "1,1,1\nUnavailableError: the JPEG decoder cannot be loaded: Cannot find module '@cwasm/jpeg-turbo/jpeg-turbo.wasm'. " +
        'Install it again: npm install @cwasm/jpeg-turbo.\n10,10,3',
    )
  })
})

describe('without sharp', () => {
  it('JPEG and PNG go on, in threads too, and other formats say what to install', async () => {
    const out = await printed(
      ['sharp'],
      `${pictures}
      mkdirSync('flowers/rose', { recursive: true })
      writeFileSync('flowers/rose/1.jpg', jpeg)
      writeFileSync('flowers/rose/2.png', await encodePng(ramp))
      const images = imageFolder('flowers', { size: [4, 4], workers: 1 })
      console.log((await images.toArray()).map(({ image }) => image.shape.join()).join(' '))
      await told(() => decodeImage(gif))
      await told(() => encodeJpeg(ramp))
      writeFileSync('flowers/rose/3.gif', gif)
      await told(() => imageFolder('flowers', { size: [4, 4], workers: 1 }).toArray())`,
    )
    const because =
      "sharp, which cannot be loaded: Cannot find package 'sharp' imported from " +
      './node_modules/millrace/dist/image.js. Install it for this machine: npm install sharp. ' +
      'Without it, PNG is read and written, and JPEG and BMP are read.'
    const decoding = `decodeImage of a format other than JPEG, PNG and BMP needs ${because}`
    expect(out.split('\n')).toEqual([
      '4,4,3 4,4,3',
      `UnavailableError: ${decoding}`,
      `UnavailableError: encodeJpeg needs ${because}`,
      `UnavailableError: imageFolder.loadImages: the function threw at element 2: flowers/rose/3.gif: ${decoding}`,
    ])
  })
})

describe('without all that is machine code', () => {
  it('records and pictures are read and written', async () => {
    const out = await printed(
      optionalDependencies,
      `${pictures}
      import { tfrecords, writeTFRecords, int64Feature, FixedLenFeature } from 'millrace/tfrecord'
      await writeTFRecords('a.tfrecord', Dataset.range(3).map((n) => ({ n: int64Feature(n) })))
      const numbers = tfrecords('a.tfrecord', { features: { n: FixedLenFeature([], 'int32') } })
      console.log((await numbers.map(({ n }) => n).toArray()).join())
      console.log((await decodeJpeg(jpeg)).shape.join(), (await decodePng(await encodePng(ramp))).shape.join())
      const double = workerFn(new URL('./work.mjs', import.meta.url), 'double')
      console.log((await Dataset.range(3).map(double, { workers: 1 }).toArray()).join())`,
    )
    expect(out).toBe('0,1,2\n1,1,1 10,10,3\n0,2,4')
  })
})

describe('without tfjs', () => {
  it('millrace/train says what to install', async () => {
    const out = await printed(['@tensorflow/tfjs'], `await told(() => import('millrace/train'))`)
    expect(out).toBe(
      'UnavailableError: millrace/train needs tfjs, which is not installed. ' +
        'Run: npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm',
    )
  })

  it('a missing backend is a named error', async () => {
    const out = await printed(
      ['@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-node'],
      `const { setBackend } = await import('millrace/train')
      await told(() => setBackend('wasm'))
      await told(() => setBackend('node'))
      console.log((await setBackend('cpu')).name)`,
    )
    expect(out).toBe(
      [
        'UnavailableError: The wasm backend needs the package @tensorflow/tfjs-backend-wasm, which does not load. ' +
          'Run: npm install @tensorflow/tfjs-backend-wasm@4.22.0',
        "UnavailableError: tfjs-node does not load: Cannot find package '@tensorflow/tfjs-node' imported from " +
          './node_modules/millrace/dist/train.js. ' +
          "Run: npm install @tensorflow/tfjs-node, or choose 'wasm'. A clone of millrace builds it by npm run native.",
        'cpu',
      ].join('\n'),
    )
  })
})

describe('without any package', () => {
  it('pipelines in this thread run, and records and PNG are read and written', async () => {
    const out = await printed(
      [...dependencies, ...optionalDependencies],
      `${pictures}
      import { encodeExample, parseExample, FixedLenFeature, RecordReader, TFRecordWriter } from 'millrace/tfrecord'
      console.log((await Dataset.range(4).shuffle(4, { seed: 1 }).batch(2).toArray()).length)
      const writer = await TFRecordWriter.create('a.tfrecord')
      await writer.write({ x: [1.5] })
      await writer.close()
      const record = await new RecordReader('a.tfrecord').next()
      console.log(parseExample(record, { x: FixedLenFeature([], 'float32') }).x)
      console.log((await decodePng(await encodePng(ramp))).shape.join())`,
    )
    expect(out).toBe('2\n1.5\n10,10,3')
  })

  it('what needs one names it', async () => {
    const out = await printed(
      [...dependencies, ...optionalDependencies],
      `import { tfrecords } from 'millrace/tfrecord'
      await told(() => Dataset.range(3).map(workerFn(new URL('./work.mjs', import.meta.url), 'double')).toArray())
      await told(() => Dataset.listFiles('*.txt').toArray())`,
    )
    expect(out.split('\n')).toEqual([
      "UnavailableError: range.map: no worker could be started: Cannot find module 'piscina'.",
      expect.stringContaining("Cannot find package 'fast-glob'"),
    ])
  })
})
