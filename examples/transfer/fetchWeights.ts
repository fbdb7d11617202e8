import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { MillraceError, NotFoundError, UnavailableError } from 'millrace'
import { say } from '../training/say.ts'
import { unpackPackage } from '../training/unpackPackage.ts'
import { wholeFolder } from '../training/wholeFolder.ts'

const nsfwjs = 'nsfwjs@4.4.0'
/** The networks of that package: ImageNet's weights, with the last blocks and a head of five classes trained further. */
const published = ['mobilenet_v2', 'inception_v3']

/** What is used of a model.json. */
interface ModelJson {
  readonly weightsManifest: readonly { readonly paths: readonly string[] }[]
}

/**
 * The folder of a tfjs model, with `model.json` and its weights: fetched where it is not there yet.
 *
 * @param weights `mobilenet_v2` or `inception_v3`, which come from the npm package nsfwjs (MIT licence, 30 MB); the URL of
 *   a model.json; or a folder that has one
 * @param data where what is fetched is kept
 * @throws NotFoundError where a folder has no model.json; UnavailableError where it cannot be fetched
 */
export async function fetchWeights(weights: string, data: string): Promise<string> {
  if (published.includes(weights)) return fetched(weights, join(data, 'weights', weights), () => fromPackage(weights))
  if (/^https?:/.test(weights)) {
    const name = createHash('sha256').update(weights).digest('hex').slice(0, 16)
    return fetched(weights, join(data, 'weights', name), () => fromUrl(weights))
  }
  if (existsSync(join(weights, 'model.json'))) return weights
  throw new NotFoundError(`--weights: there is no model.json in ${weights}.`, {
    file: weights,
    hint: `Give the folder or the URL of a tfjs layers model, or ${published.join(' or ')}.`,
  })
}

/** Files of a model by name. */
type Files = ReadonlyMap<string, Uint8Array | string>

async function fetched(weights: string, folder: string, fetchFiles: () => Promise<Files>): Promise<string> {
  if (existsSync(folder)) return folder
  try {
    say(`fetching the weights ${weights} into ${folder}`)
    await wholeFolder(folder, async (partial) => {
      for (const [name, content] of await fetchFiles()) await writeFile(join(partial, name), content)
    })
  } catch (error) {
    if (error instanceof MillraceError) throw error
    throw new UnavailableError(
      `the weights ${weights} cannot be fetched: ${error instanceof Error ? error.message : String(error)}`,
      { hint: 'Give the folder of a tfjs layers model with --weights.', cause: error },
    )
  }
  return folder
}

/** The package holds a model as modules of CommonJS: the JSON as an object, each file of weights as text in base64. */
async function fromPackage(name: string): Promise<Files> {
  const { tmpdir } = await import('node:os')
  const download = join(tmpdir(), `millrace-weights-${process.pid}`)
  try {
    const folder = join(await unpackPackage(nsfwjs, download), 'dist', 'models', name)
    const load = createRequire(join(folder, 'model.min.js'))
    const files = new Map<string, Uint8Array | string>()
    for (const file of await readdir(folder)) {
      const content = load(`./${file}`) as string | ModelJson
      const part = file.replace('.min.js', '')
      if (typeof content === 'string') files.set(part, Buffer.from(content, 'base64'))
      else files.set('model.json', JSON.stringify(content))
    }
    return files
  } finally {
    await rm(download, { recursive: true, force: true })
  }
}

async function fromUrl(url: string): Promise<Files> {
  const read = async (address: URL): Promise<Buffer> => {
    const response = await fetch(address)
    if (!response.ok) throw new Error(`${address.href} answers ${response.status} ${response.statusText}`)
    return Buffer.from(await response.arrayBuffer())
  }
  const json = (await read(new URL(url))).toString()
  const files = new Map<string, Uint8Array | string>()
  const { weightsManifest } = JSON.parse(json) as ModelJson
  for (const [i, path] of weightsManifest.flatMap(({ paths }) => paths).entries()) {
    files.set(`weights-${i}.bin`, await read(new URL(path, url)))
  }
  const paths = [...files.keys()]
  const manifest = weightsManifest.map((group) => ({ ...group, paths: paths.splice(0, group.paths.length) }))
  return files.set('model.json', JSON.stringify({ ...(JSON.parse(json) as object), weightsManifest: manifest }))
}
