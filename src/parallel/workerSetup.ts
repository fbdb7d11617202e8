import { wrongArgument } from '../core/checks.ts'
import { argText, digest } from '../core/planKey.ts'
import { existingModule } from './findExport.ts'
import type { MapSetup } from './messages.ts'
import { isStructure } from '../ndarray/element.ts'
import { packElement } from './packedElement.ts'
import { typescriptLoader } from './typescriptLoader.ts'
import type { AnyFunction, WorkerFunction } from './workerFunction.ts'

/** Bytes from which on an argument lies in memory that all threads share, rather than being cloned with every block. */
const sharedBytes = 1 << 10

/** Packs arguments as the workers will get them: what the caller changes later must not change the plan. */
export function packArgs(operation: string, args: unknown): readonly unknown[] {
  if (!Array.isArray(args)) throw wrongArgument(operation, 'args', 'an array', args)
  return args.map((arg, i) => structuredClone(packElement(arg, `${operation}: args[${i}]`, 'shared')))
}

/** Number of the next setup whose arguments change under it, and are not the same though they look the same. */
let serial = 0

/**
 * What a thread needs to find the function of a worker map, and to prepare it once.
 *
 * @param otherThreads whether it is for threads that must be told how to read TypeScript
 * @throws FailedPreconditionError where a module is TypeScript that nothing here can run
 */
export function mapSetup(
  fn: WorkerFunction<AnyFunction>,
  initialize: WorkerFunction<AnyFunction> | undefined,
  args: readonly unknown[],
  otherThreads: boolean,
): MapSetup {
  const { module, exportName } = existing(fn)
  const init = initialize && existing(initialize)
  const alike = args.some(sharesMemory) ? serial++ : argText(args)
  const key = digest(Buffer.from(argText([module, exportName, init, alike])))
  const modules = otherThreads ? [module, ...(init === undefined ? [] : [init.module])] : []
  const loaders = modules.flatMap((url) => typescriptLoader(url, [import.meta.url]) ?? [])
  const shared = args.map((arg) => shareMemory(arg))
  return {
    key,
    module,
    exportName,
    loaders: [...new Set(loaders)],
    init,
    args: shared,
  }
}

function existing({ module, exportName }: WorkerFunction<AnyFunction>) {
  return { module: existingModule(module), exportName }
}

function sharesMemory(part: unknown): boolean {
  if (ArrayBuffer.isView(part)) return part.buffer instanceof SharedArrayBuffer
  if (part instanceof SharedArrayBuffer) return true
  return isStructure(part) && Object.values(part).some(sharesMemory)
}

/** The same with its larger arrays over shared memory. */
function shareMemory(part: unknown): unknown {
  if (ArrayBuffer.isView(part)) {
    if (part.byteLength < sharedBytes || part.buffer instanceof SharedArrayBuffer) return part
    const bytes = new Uint8Array(new SharedArrayBuffer(part.byteLength))
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
    const Class = part.constructor as new (buffer: SharedArrayBuffer) => ArrayBufferView
    return new Class(bytes.buffer)
  }
  if (!isStructure(part)) return part
  if (Array.isArray(part)) return part.map(shareMemory)
  return Object.fromEntries(Object.entries(part).map(([key, child]) => [key, shareMemory(child)]))
}
