import { resolve } from 'node:path'
import {
  FailedPreconditionError,
  importModule,
  InvalidArgumentError,
  NotFoundError,
  type Dataset,
} from '../../index.ts'

/**
 * The dataset that a module exports, or that a function it exports gives.
 *
 * @param pipeline path of the module, with `#` and the name of the export where that is not the default one
 * @param args arguments of the function, as a JSON array
 * @throws InvalidArgumentError where the arguments are no JSON array, or are given to what is no function
 * @throws NotFoundError where the module or the export does not exist
 * @throws FailedPreconditionError where it does not load, or gives no Dataset
 */
export async function loadPipeline(pipeline: string, args: string | undefined): Promise<Dataset<unknown>> {
  const [path, exportName] = partsOf(pipeline)
  const given = args === undefined ? undefined : argsOf(args)
  const exports = await importModule(resolve(path))
  const found = exports[exportName]
  if (found === undefined) throw noExport(path, exportName, Object.keys(exports))
  if (typeof found !== 'function') {
    if (given !== undefined) throw new InvalidArgumentError(`--args: ${pipeline} is no function that takes any.`)
    return asDataset(found, pipeline)
  }
  return asDataset(await call(found as (...args: unknown[]) => unknown, given ?? [], pipeline), pipeline)
}

/** A file may have `#` in its name: the export is what follows the last one, where that can be a name. */
function partsOf(pipeline: string): readonly [path: string, exportName: string] {
  const [, path, exportName] = /^(.+)#([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u.exec(pipeline) ?? [
    undefined,
    pipeline,
    'default',
  ]
  return [path, exportName]
}

function argsOf(text: string): unknown[] {
  let args: unknown
  try {
    args = JSON.parse(text)
  } catch (error) {
    throw new InvalidArgumentError(`--args is no JSON: ${(error as Error).message}.`, {
      hint: `Quote it for the shell: --args '["data", 32]'.`,
    })
  }
  if (Array.isArray(args)) return args
  throw new InvalidArgumentError(`--args takes a JSON array, got ${text}.`, { hint: `Write --args '[${text}]'.` })
}

async function call(build: (...args: unknown[]) => unknown, args: unknown[], pipeline: string): Promise<unknown> {
  try {
    return await build(...args)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new FailedPreconditionError(`${pipeline} threw: ${message}`, { cause: error })
  }
}

/** Told by what it can do, for a pipeline may import another copy of this package. */
function asDataset(value: unknown, pipeline: string): Dataset<unknown> {
  const { node, explain, iterator } = (value ?? {}) as Partial<Dataset<unknown>>
  if (typeof node === 'object' && typeof explain === 'function' && typeof iterator === 'function') {
    return value as Dataset<unknown>
  }
  throw new FailedPreconditionError(`${pipeline} gives ${kindOf(value)}, not a Dataset.`, {
    hint: 'Export a Dataset, or a function that returns one or a promise of one.',
  })
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? `an object of ${value.constructor.name}` : `a ${typeof value}`
}

function noExport(path: string, exportName: string, names: readonly string[]): NotFoundError {
  const others = names.map((name) => (name === 'default' ? path : `${path}#${name}`))
  return new NotFoundError(`${path} has no ${exportName === 'default' ? 'default export' : `export ${exportName}`}.`, {
    hint: others.length === 0 ? 'It exports nothing.' : `Name what it exports: ${others.join(', ')}.`,
  })
}
