type Language = 'ts' | 'js'

/** Gives a part of a text that is there in TypeScript alone. */
function typesFor(language: Language): (types: string) => string {
  return (types) => (language === 'ts' ? types : '')
}

/** The module that makes the data. */
export function shapesFile(language: Language): string {
  const types = typesFor(language)
  return `import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Dataset, ndarray${types(', type Rng')} } from 'millrace'
import { encodePng } from 'millrace/image'

/** Pixels of a side. */
export const side = 28

/** The shapes by name: whether a point is inside one of radius 1 round the origin. */
const shapes${types(': Record<string, (x: number, y: number) => boolean>')} = {
  circle: (x, y) => x * x + y * y < 1,
  square: (x, y) => Math.abs(x) < 0.8 && Math.abs(y) < 0.8,
  triangle: (x, y) => y < 0.8 && y > 2 * Math.abs(x) - 1,
}
export const names = Object.keys(shapes)

/**
 * The data: a folder of pictures, with a folder for each shape in it. They are drawn the first time; what is there stays,
 * so that you can put pictures of your own there instead.
 */
export async function pictures(folder = 'data')${types(': Promise<string>')} {
  if (existsSync(folder)) return folder
  // Under another name first, so that the folder is there with all its pictures or not at all.
  const drawn = \`\${folder}.tmp\`
  for (const name of names) await mkdir(join(drawn, name), { recursive: true })
  await Dataset.range(300 * names.length)
    .map((i, { rng }) => {
      const name = names[i % names.length]
      return { file: join(drawn, name, \`\${i}.png\`), image: draw(name, rng) }
    })
    .map(async ({ file, image }) => writeFile(file, await encodePng(image)).then(() => file), { numParallelCalls: 8 })
    .forEach(() => {})
  await rename(drawn, folder)
  return folder
}

/** One shape, somewhere, of some size, in noise. \`rng\` is keyed by the element: each picture is the same every time. */
function draw(name${types(': string')}, rng${types(': Rng')}) {
  const radius = rng.uniform(6, 11)
  const [left, top] = [rng.uniform(radius, side - radius), rng.uniform(radius, side - radius)]
  const pixels = new Uint8Array(side * side)
  for (const i of pixels.keys()) {
    const inside = shapes[name](((i % side) - left) / radius, (Math.floor(i / side) - top) / radius)
    pixels[i] = (inside ? 180 : 70) + rng.uniform(-60, 60)
  }
  return ndarray(pixels, [side, side, 1])
}
`
}

/** The module that is the pipeline. */
export function pipelineFile(language: Language): string {
  const types = typesFor(language)
  return `import { imageFolder${types(', type Augment')} } from 'millrace/image'
import { pictures, side } from './shapes.${language}'

/** A tenth of the pictures is for the test; which ones they are does not change when others are added. */
async function parts(augment${types(': Augment')}) {
  const folder = imageFolder(await pictures(), { size: [side, side], channels: 1, normalize: [-1, 1], augment })
  return folder.split({ training: 0.9, test: 0.1 }, { seed: 1 })
}

/** Batches to train on, in another order each pass. It runs in a worker, which finds it by module and export. */
export async function training(batchSize${types(': number')}) {
  const { training } = await parts({ flipLeftRight: true })
  return training.globalShuffle({ seed: 1 }).batch(batchSize, { dropRemainder: true })
}

/** Batches to test with. */
export async function test(batchSize${types(': number')}) {
  return (await parts({})).test.batch(batchSize)
}

/** What \`millrace explain\` and \`millrace bench\` look at. */
export default () => training(32)
`
}

/** The module that trains. */
export function trainFile(language: Language): string {
  const types = typesFor(language)
  return `import { parseArgs } from 'node:util'
import { Dataset, workerFn } from 'millrace'
import { adam, evaluate, fit, setBackend } from 'millrace/train'
import * as pipeline from './pipeline.${language}'
import { names, side } from './shapes.${language}'

const { values } = parseArgs({ options: { epochs: { type: 'string', default: '10' } } })
const fields = { inputs: 'image', targets: 'label' }${types(' as const')}

const { tf, name } = await setBackend('auto') // tfjs-node where it is installed, else wasm
const test = await pipeline.test(32)
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [side, side, 1], filters: 8, kernelSize: 3, activation: 'relu' }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: names.length, activation: 'softmax' }),
  ],
})
model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] })

// A training step blocks its thread: the pipeline runs in another one meanwhile.
const training = workerFn${types('<typeof pipeline.training>')}(new URL('./pipeline.${language}', import.meta.url), 'training')
const batches = Dataset.fromWorkers(training, { args: [32], workers: 1 })
await fit(model, batches, { ...fields, epochs: Number(values.epochs), checkpoint: 'last.safetensors', progress: true })

const { accuracy = 0, examples } = await evaluate(model, test, fields)
console.log(\`\${(100 * accuracy).toFixed(1)}% of \${examples} test pictures are right, on \${name}\`)
`
}
